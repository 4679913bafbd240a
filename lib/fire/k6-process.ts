import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { scrub } from './scrub.ts'

/** How k6 ended. */
export interface K6Exit {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** The last lines it said that mean something, secrets blacked out. */
  lastWords: string[]
}

/** A k6 that runs. */
export interface K6Process {
  readonly pid: number | undefined
  /** Never rejects: a k6 that could not be started has no exit code and says why. */
  readonly exited: Promise<K6Exit>
  /**
   * Asks k6 to stop: it sends nothing more at once, and gives up what is in flight. One that is
   * still there after `graceMs` is killed. Further calls change nothing.
   */
  stop(graceMs: number): void
}

const lastWordsKept = 20

/** Of each failed request k6 says so much, and of virtual users that ran out; the records say it better. */
const noise = /^(?:Request Failed|Insufficient VUs)/

/** Variables of the surroundings that a connection may depend on; everything else stays outside. */
const passedOn = /^(?:(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR))$/i

/**
 * Becomes the program that is named, with a watcher beside it in its process group: a pipe that closes
 * without a word means that whoever held it has been killed, and then the whole group is killed.
 */
const watched = `(exec sh -c 'read -r _ || kill -KILL 0' onset-watch <&3 >/dev/null 2>&1 3<&-) & unset PWD; exec "$@" 3<&-`

/** Where there is a shell, a process that outlives Onset can be prevented by it. */
const hasShell = process.platform !== 'win32'

/** What a shell ends with where a program cannot be started; k6 never does. */
const notStarted = [126, 127]

const longestUnfinished = 1 << 16

const running = new Set<ChildProcess>()

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/**
 * Starts k6 on a bundled scenario, without any of its own reports, usage statistics, configuration
 * or REST API. Its console goes to `linesPath`, as raw lines. The environment is `variables`, the
 * path, and what a connection needs; nothing secret is among the arguments.
 *
 * It stands in a process group of its own, so that Ctrl-C in a terminal reaches it only through
 * `stop`; it is killed when this process exits, and by its watcher when this process is killed. Without
 * a shell it dies then of its next line, which finds no reader.
 * @param homePath a folder that stands for the home, so that no configuration of k6 is picked up.
 */
export function startK6(
  k6Path: string,
  scenarioPath: string,
  linesPath: string,
  homePath: string,
  variables: Readonly<Record<string, string>>,
  secrets: readonly string[],
): K6Process {
  const inherited = Object.entries(process.env).filter(([name]) => passedOn.test(name))
  // Whoever told Node about a private authority means it for k6 as well.
  const authorities = process.env.NODE_EXTRA_CA_CERTS
  const command = [
    k6Path,
    'run',
    '--quiet',
    '--no-color',
    '--no-usage-report',
    '--no-thresholds',
    '--summary-mode=disabled',
    '--address=',
    '--log-output=stderr',
    '--log-format=raw',
    `--console-output=${linesPath}`,
    scenarioPath,
  ]
  const [file, ...args] = hasShell ? ['/bin/sh', '-c', watched, 'onset-k6', ...command] : command
  const child = spawn(file as string, args, {
    cwd: homePath,
    detached: true,
    // HTTP/1.1 alone: over HTTP/2 the transport repeats requests whose stream was refused.
    env: {
      ...(authorities ? { SSL_CERT_FILE: authorities } : {}),
      ...Object.fromEntries(inherited),
      PATH: process.env.PATH,
      HOME: homePath,
      GODEBUG: 'http2client=0',
      // Collecting garbage less often leaves a fifth of the processor to requests that are due.
      GOGC: '400',
      GOMEMLIMIT: '1GiB',
      // It runs as it is, and fetches nothing that it might think it lacks.
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
      ...variables,
    },
    stdio: ['ignore', 'ignore', 'pipe', hasShell ? 'pipe' : 'ignore'],
  })
  const lifeline = child.stdio[3] as Duplex | null
  // A watcher that is gone already breaks the pipe, and has nothing left to do.
  lifeline?.on('error', () => undefined).resume()
  child.once('exit', () => lifeline?.end('k6 has ended\n'))
  if (running.size === 0) process.on('exit', killAll)
  running.add(child)

  const words: string[] = []
  let unfinished = ''
  const hear = (text: string) => {
    const lines = (unfinished + text).split('\n')
    unfinished = (lines.pop() as string).slice(0, longestUnfinished)
    words.push(...lines.filter((line) => line.trim() !== '' && !noise.test(line)))
    words.splice(0, words.length - lastWordsKept)
  }
  child.stderr?.setEncoding('utf8').on('data', hear)

  let killer: NodeJS.Timeout | undefined
  const exited = new Promise<K6Exit>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(killer)
      running.delete(child)
      if (running.size === 0) process.off('exit', killAll)
      hear('\n')
      const code = hasShell && exitCode !== null && notStarted.includes(exitCode) ? null : exitCode
      resolve({ exitCode: code, signal, lastWords: words.map((line) => scrub(line, secrets)) })
    }
    child.on('error', (error) => {
      words.push(error.message)
      if (child.pid === undefined) end(null, null)
    })
    child.on('close', end)
  })

  return {
    pid: child.pid,
    exited,
    stop(graceMs) {
      if (killer || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGINT')
      killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    },
  }
}

/** k6's own exit codes that say more than "it failed". */
const exitCodes: Readonly<Record<number, string>> = {
  104: 'it refused its configuration',
  105: 'it was interrupted from outside',
  107: 'the scenario threw an exception',
  108: 'the scenario aborted the run',
  109: 'it crashed',
}

/** How k6 ended, in words for a person. */
export function exitWords({ exitCode, signal, lastWords }: K6Exit): string {
  const how =
    exitCode !== null
      ? `k6 ended with exit code ${exitCode}${exitCodes[exitCode] ? ` (${exitCodes[exitCode]})` : ''}`
      : signal !== null
        ? `k6 was ended by ${signal}`
        : 'k6 could not be started'
  return lastWords.length > 0 ? `${how}; its last words:\n${lastWords.join('\n')}` : how
}
