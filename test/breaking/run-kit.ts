import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server that limits nothing but by a count, and keeps when it had answered what. */
export async function counting(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void = (_, response) =>
    response.end(),
): Promise<{ url: string; answeredMs: number[]; close: () => void }> {
  const answeredMs: number[] = []
  let count = 0
  const server = createServer((request, response) => {
    response.on('finish', () => answeredMs.push(Date.now()))
    request.resume().on('end', () => answer(request, response, ++count))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answeredMs, close }
}

/** A process that runs: its id, its command line with NUL between arguments, and where it stands. */
interface Process {
  pid: number
  line: string
  cwd: string
}

/** All processes. Linux alone says it this simply. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return [{ pid: Number(pid), line, cwd: readlinkSync(`/proc/${pid}/cwd`) }]
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return []
      }
    })
}

/** The command lines of all processes that this user may look at. */
export const commandLines = (): string[] => processes().map(({ line }) => line)

/** The id of the k6 that fires for a run, once it is more than the shell that becomes it. */
export function k6Of(run: string): number | undefined {
  return processes().find(
    ({ line }) => line.includes(run) && line.includes('--console-output') && !line.startsWith('/bin/sh'),
  )?.pid
}

/**
 * Resolves when no process stands in a folder or below it, as everything does that Onset starts there:
 * k6, its watcher, and the embedded target. The test's own time limit bounds it.
 */
export async function noneStandsIn(folder: string): Promise<void> {
  while (processes().some(({ cwd }) => `${cwd}/`.startsWith(`${folder}/`))) await pause(20)
}

/** Resolves when no process names a text in its command line. The test's own time limit bounds it. */
export async function noneNames(text: string): Promise<void> {
  while (commandLines().some((line) => line.includes(text))) await pause(20)
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A seed that is printed, and the same one again from `ONSET_SEED`. */
export function printedSeed(): number {
  const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
  console.log(`seed ${seed} (ONSET_SEED replays the draws)`)
  return seed
}
