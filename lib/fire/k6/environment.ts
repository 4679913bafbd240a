import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** Environment variables, as `process.env` has them. */
export type Environment = Record<string, string | undefined>

/** What any program needs to start, and nothing that could be a secret of the run. */
const basic = ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL']

/**
 * The environment for a child process: PATH, home and temporary folder, and of the rest only what is
 * named. A key in the caller's environment, such as a target's, thus never reaches it.
 */
export function childEnvironment(env: Environment, alsoNamed: readonly string[] = []): Environment {
  const kept = [...basic, ...alsoNamed].flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(kept)
}

/**
 * The files that a bare program name may mean, in the order of the PATH. Entries that are empty or
 * relative are left out: what runs must not depend on the folder one happens to stand in.
 */
export function onPath(env: Environment, program: string): string[] {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, program))
}

/**
 * Where Onset keeps what it has fetched or built: `$ONSET_CACHE`, else `$XDG_CACHE_HOME/onset` (where
 * that is absolute, as the XDG base directory specification asks), else `~/.cache/onset`.
 */
export function cacheFolder(env: Environment): string {
  if (env.ONSET_CACHE) return resolve(env.ONSET_CACHE)
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'onset')
  return join(env.HOME || homedir(), '.cache', 'onset')
}
