import { aptInstall, canInstall } from '../apt-install.ts'
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
  if (!canInstall()) return { why: waysToChromium }
  const mistake = aptInstall('chromium')
  if (mistake !== undefined) return { why: `${waysToChromium} (${mistake})` }
  const path = await findChromium()
  return path === undefined ? { why: waysToChromium } : { path }
}
