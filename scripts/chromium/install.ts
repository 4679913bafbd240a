import { spawnSync } from 'node:child_process'
import { findChromium, waysToChromium } from './find.ts'

/** A Chromium that is there, or in words why there is none. */
export type Installed = { path: string } | { why: string }

/**
 * Finds Chromium, and where there is none and this is a Debian or the like and we are root, installs it by
 * apt-get. What that prints goes to standard error.
 */
export async function installChromium(): Promise<Installed> {
  const found = await findChromium()
  if (found !== undefined) return { path: found }
  if (process.env.ONSET_CHROMIUM) {
    return { why: `ONSET_CHROMIUM names ${process.env.ONSET_CHROMIUM}, which is no program.` }
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { why: waysToChromium }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const { status, error } = spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] })
    if (error) return { why: `${waysToChromium} (apt-get could not be run: ${error.message})` }
    if (status !== 0) return { why: `${waysToChromium} (apt-get ${args[0]} ended with ${status})` }
  }
  const path = await findChromium()
  return path === undefined ? { why: waysToChromium } : { path }
}
