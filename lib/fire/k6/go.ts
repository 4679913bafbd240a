import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { childEnvironment, type Environment, onPath } from './environment.ts'
import type { K6Platform } from './platform.ts'

/** The first Go program on the PATH that may be run. */
export async function goOnPath(env: Environment, platform: K6Platform): Promise<string | undefined> {
  for (const path of onPath(env, platform.goos === 'windows' ? 'go.exe' : 'go')) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    ) {
      return path
    }
  }
  return undefined
}

/** Beside the basic variables: where Go keeps and fetches things, and the way out to the network. */
const goVariables = [
  ...['GOPATH', 'GOCACHE', 'GOMODCACHE', 'GOENV', 'GOFLAGS', 'GOTOOLCHAIN', 'GOROOT', 'GOAUTH', 'NETRC'],
  ...['GOPROXY', 'GONOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GOINSECURE', 'GOMAXPROCS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'LocalAppData', 'AppData'],
]

/** The environment for Go, without anything that it has no use for. */
export function goEnvironment(env: Environment): Environment {
  return childEnvironment(env, goVariables)
}

/** One run of the Go program. */
export interface GoRun {
  go: string
  cwd: string
  env: Environment
  signal?: AbortSignal
  /** Called with each line of the standard error. */
  onErrorLine: (line: string) => void
  /** Called after each line, and once a second. */
  onProgress: () => void
}

/** How long Go has to end by itself once it was interrupted. */
const graceMs = 5_000

/**
 * Runs Go in a process group of its own, so that an interruption reaches its compilers as well, and so
 * that a Ctrl-C at the terminal comes through the signal alone and is seen as what it is. Settles when
 * all of it has ended; what goes wrong is `why`, with the last things Go said. Rejects only with the
 * signal's reason, when aborted.
 */
export async function runGo(
  args: string[],
  run: GoRun,
): Promise<{ ok: true; stdout: string } | { ok: false; why: string }> {
  run.signal?.throwIfAborted()
  const grouped = process.platform !== 'win32'
  const child = spawn(run.go, args, {
    ...{ cwd: run.cwd, env: run.env, detached: grouped, windowsHide: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return
    try {
      process.kill(grouped ? -child.pid : child.pid, signal)
    } catch (error) {
      // ESRCH, or EPERM on macOS: all of the group has just ended by itself.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  let killer: NodeJS.Timeout | undefined
  const interrupt = () => {
    end('SIGINT')
    killer = setTimeout(() => end('SIGKILL'), graceMs)
  }
  run.signal?.addEventListener('abort', interrupt, { once: true })
  const ticker = setInterval(run.onProgress, 1_000)

  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const complaints: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    run.onErrorLine(line)
    run.onProgress()
    if (/\s/.test(line) && !line.startsWith('go: downloading ')) complaints.push(line.trim())
  })
  try {
    const ended = await new Promise<{ code: number | null; signal: string | null } | { error: Error }>(
      (settle) => {
        child.once('error', (error) => settle({ error }))
        child.once('close', (code, signal) => settle({ code, signal }))
      },
    )
    run.signal?.throwIfAborted()
    if ('error' in ended) return { ok: false, why: `${run.go} cannot be run: ${ended.error.message}` }
    if (ended.code === 0) return { ok: true, stdout }
    const how = ended.signal === null ? `exit code ${ended.code}` : ended.signal
    const said = complaints.slice(-3).join('; ').slice(0, 600)
    return { ok: false, why: `"go ${args[0]}" failed (${how})${said ? `: ${said}` : ''}` }
  } finally {
    clearInterval(ticker)
    clearTimeout(killer)
    run.signal?.removeEventListener('abort', interrupt)
  }
}
