import { spawnSync } from 'node:child_process'

/** Can packages be installed here without asking anybody: on a Debian or the like, as root? */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

/**
 * Installs packages by apt-get, which prints to standard error.
 * @returns in words why that did not succeed; undefined where it did.
 */
export function aptInstall(...packages: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { status, error } = spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] })
    if (error) return `apt-get could not be run: ${error.message}`
    if (status !== 0) return `apt-get ${args[0]} ended with ${status}`
  }
  return undefined
}
