import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, onTestFinished } from 'vitest'

/** The command's entry. */
export const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.ts')

/** Half of what a short command takes is compiling its own code, which need not be done again each time. */
const compileCache = join(tmpdir(), 'onset-tests-compile-cache')

/** How a command ended, and all that it said. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A command that runs. */
export interface Running {
  child: ChildProcess
  /** Resolves when a text has been said on one of the streams; rejects if it ends before that. */
  said(text: string): Promise<void>
  /** What was said on standard output so far. */
  stdout(): string
  ended: Promise<Ended>
}

export interface Surroundings {
  cwd?: string
  env?: Readonly<Record<string, string | undefined>>
  input?: string
  /** A shell command that runs `"$@"`, such as `ulimit -f 16; exec "$@"`. */
  through?: string
}

/** Starts `onset` as a process of its own, without a terminal. It is killed when the test is over. */
export function start(args: readonly string[], { cwd, env, input, through }: Surroundings = {}): Running {
  const command = [process.execPath, main, ...args] as const
  const [file, ...rest] = through === undefined ? command : ['bash', '-c', through, 'bash', ...command]
  const child = spawn(file as string, rest, {
    cwd,
    env: {
      ...process.env,
      NO_COLOR: undefined,
      ONSET_DEBUG: undefined,
      NODE_COMPILE_CACHE: compileCache,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  const hear = () => {
    for (const listener of listeners) listener()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    hear()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    hear()
  })
  child.stdin.on('error', () => undefined).end(input ?? '')
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended)
  return {
    child,
    ended,
    stdout: () => stdout,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!stdout.includes(text) && !stderr.includes(text)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        void ended.then((end) => reject(new Error(`"${text}" was never said: ${JSON.stringify(end)}`)))
      }),
  }
}

/** Runs `onset` to its end. */
export function onset(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended
}

/** A folder for each test. */
export function useFolder(): { readonly path: string; write(name: string, text: string): string } {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'onset-cli-'))
  })
  afterEach(() => rmSync(path, { recursive: true, force: true }))
  return {
    get path() {
      return path
    },
    write(name, text) {
      writeFileSync(join(path, name), text)
      return join(path, name)
    },
  }
}

/** `onset serve` on a free port, until the test is over. */
export async function served(
  args: readonly string[],
): Promise<{ url: string; apiKey: string; running: Running }> {
  const running = start(['serve', '--json', '--port', '0', ...args])
  await running.said('}\n')
  return { ...(JSON.parse(running.stdout()) as { url: string; apiKey: string }), running }
}
