import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { childEnvironment, type Environment } from './environment.ts'
import { k6Major, parseK6Version } from './version.ts'

/** What a file turned out to be: k6 of the right major version, or why it cannot be used. */
export type Probe = { usable: true; version: string } | { usable: false; why: string; missing: boolean }

/** Far above the tenth of a second that k6 takes, for machines that are busy. */
const timeoutMs = 30_000

/**
 * Runs `FILE version` and reads what it says. `missing` is true where there is no such file, so that a
 * search can pass over it in silence. Rejects with the signal's reason when aborted.
 */
export async function probeK6(path: string, env: Environment, signal?: AbortSignal): Promise<Probe> {
  signal?.throwIfAborted()
  const ran = await runVersion(path, env, signal)
  signal?.throwIfAborted()
  if ('error' in ran) {
    return { usable: false, why: `${path} ${whyNot(ran.error)}`, missing: isMissing(ran.error.code) }
  }
  const version = parseK6Version(ran.stdout)
  if (version === undefined) {
    const said = JSON.stringify(ran.stdout.trim().slice(0, 80))
    return unusable(`${path} is not k6: "${path} version" printed ${said}, not "k6 v${k6Major}…"`)
  }
  if (Number.parseInt(version, 10) !== k6Major) {
    return unusable(`${path} is k6 v${version}, and Onset needs k6 v${k6Major}`)
  }
  return { usable: true, version }
}

function unusable(why: string): Probe {
  return { usable: false, why, missing: false }
}

/** A failure of `execFile`: `code` is an errno name or the exit code. */
interface Failure {
  code?: string | number | null
  killed?: boolean
  stderr?: string
}

async function runVersion(
  path: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<{ stdout: string } | { error: Failure }> {
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true, signal } as const
  try {
    return await promisify(execFile)(path, ['version'], { ...options, env: childEnvironment(env) })
  } catch (error) {
    return { error: error as Failure }
  }
}

/** ENOTDIR: a part of the path above it is a file. */
function isMissing(code: unknown): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function whyNot({ code, killed, stderr }: Failure): string {
  if (killed) return `did not answer "version" within ${timeoutMs / 1000} s`
  if (isMissing(code)) return 'does not exist'
  if (code === 'EACCES') return 'cannot be run: it is a folder or lacks the permission to execute'
  if (code === 'ENOEXEC') return 'is not a program for this platform'
  if (typeof code === 'string') return `cannot be run (${code})`
  const said = (stderr ?? '').trim().split('\n')[0]
  return `failed at "version" with exit code ${code}${said ? `: ${said.slice(0, 200)}` : ''}`
}
