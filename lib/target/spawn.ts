import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TargetConfigInput } from './config.ts'
import { configVariable } from './run.ts'

export interface SpawnOptions {
  /** Default 0: any free port. */
  port?: number
  /** How long it may take until it listens. Default 30 s: a busy machine takes its time. */
  startDeadlineMs?: number
  /** How long it may take to end before it is killed. Default 5 s. */
  stopDeadlineMs?: number
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A target in a process of its own. */
export interface SpawnedTarget {
  url: string
  pid: number
  /** Ends the process and waits for that; may be called more than once. */
  stop(): Promise<void>
  /** Resolves when the process has ended, for whatever reason. Never rejects. */
  exited: Promise<Exit>
}

/** The target did not come up. `exitCode` is its own where it ended by itself; the message has its words. */
export class TargetStartError extends Error {
  override readonly name = 'TargetStartError'
  readonly exitCode: number | null
  readonly stderr: string
  constructor(reason: string, exitCode: number | null, stderr: string) {
    super(stderr === '' ? reason : `${reason}: ${stderr}`)
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

const stderrKept = 8_192

/** The entry of the target's process: this folder's, or in a bundle the one that stands beside it. */
function entryFile(): string {
  const candidates = ['./main.ts', './target.js'].map((file) => fileURLToPath(new URL(file, import.meta.url)))
  const found = candidates.find((file) => existsSync(file))
  if (found) return found
  throw new TargetStartError(
    `the embedded target is missing: neither ${candidates.join(' nor ')} exists`,
    null,
    '',
  )
}

function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    lines.on('line', (line) => {
      const told: unknown = line.startsWith('{"listening":') ? JSON.parse(line) : undefined
      if (told) resolve((told as { listening: string }).listening)
    })
  })
}

function deadline(ms: number): { passed: Promise<'deadline'>; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<'deadline'>()
  const timer = setTimeout(resolve, ms, 'deadline')
  return { passed: promise, clear: () => clearTimeout(timer) }
}

async function end(child: ChildProcess, exited: Promise<Exit>, graceMs: number): Promise<void> {
  child.kill('SIGTERM')
  const grace = deadline(graceMs)
  if ((await Promise.race([exited, grace.passed])) === 'deadline') child.kill('SIGKILL')
  grace.clear()
  await exited
}

/**
 * Starts the target in a process of its own, with the Node that runs this one, and waits until it
 * listens. The process also ends when this one does, however that happens: it holds a pipe to it.
 * @throws TargetStartError where it does not come up in time, with what it said on standard error
 */
export async function spawnTarget(
  config: TargetConfigInput = {},
  { port = 0, startDeadlineMs = 30_000, stopDeadlineMs = 5_000 }: SpawnOptions = {},
): Promise<SpawnedTarget> {
  const child = spawn(process.execPath, [entryFile(), '--port', String(port), '--until-stdin-closes'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, [configVariable]: JSON.stringify(config) },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-stderrKept)
  })
  // The pipe breaks when the child ends first; its exit is what tells about that.
  child.stdin.on('error', () => undefined)
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      stderr += error.message
      resolve({ code: null, signal: null })
    })
    child.once('close', (code, signal) => resolve({ code, signal }))
  })

  const start = deadline(startDeadlineMs)
  const outcome = await Promise.race([listeningUrl(child), exited, start.passed])
  start.clear()
  if (outcome === 'deadline') {
    await end(child, exited, stopDeadlineMs)
    throw new TargetStartError(
      `the embedded target did not listen within ${startDeadlineMs} ms`,
      null,
      stderr.trim(),
    )
  }
  if (typeof outcome !== 'string')
    throw new TargetStartError('the embedded target ended before it listened', outcome.code, stderr.trim())

  let stopping: Promise<void> | undefined
  return {
    url: outcome,
    pid: child.pid as number,
    stop() {
      stopping ??= end(child, exited, stopDeadlineMs)
      return stopping
    },
    exited,
  }
}
