import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Traffic } from './history.ts'
import { type PorcupineRun, runPorcupine } from './porcupine.ts'
import { type Checked, check, generate } from './run.ts'

/** What one history took. */
export interface Measured {
  traffic: Traffic
  readMs: number
  readPeakBytes: number
  /** Left out where judging was not tried, or not done in time. */
  judgeMs?: number
  /** Reading and judging together. */
  peakBytes?: number
  verdict?: string
  /** Why there is no time of judging. */
  unjudged?: 'too slow' | 'not tried'
}

/** What one history took Onset and porcupine. */
export interface Compared extends Measured {
  porcupine: PorcupineRun
  /** How often Onset's time goes into porcupine's; at least that where porcupine was not done. */
  ahead?: number
}

/** A case is measured so often, as long as that takes no longer than `repeatMs`; the median counts. */
const mostRepeats = 3
const repeatMs = 10_000

/**
 * Generates a history into a file of the folder, and measures reading and judging it.
 * @param seconds how long judging may take; 0 to read only.
 * @param also is handed the file before it is removed.
 * @throws {Error} where a process fails, or a history is found at fault whose limiter was not.
 */
export async function measure(
  folder: string,
  traffic: Traffic,
  seconds: number,
  also: (path: string, measured: Measured) => void = () => {},
): Promise<Measured> {
  const path = join(folder, 'history.ndjson')
  try {
    await generate({ traffic, path })
    const begun = performance.now()
    const runs: Checked[] = []
    do {
      runs.push(await check({ traffic, path }, seconds))
    } while (runs.length < mostRepeats && performance.now() - begun < repeatMs)
    const measured = summed(traffic, runs, seconds > 0)
    also(path, measured)
    return measured
  } finally {
    await rm(path, { force: true })
  }
}

/** The same for porcupine as well, which is told where the windows start. */
export async function compare(
  folder: string,
  program: string,
  traffic: Traffic,
  seconds: number,
  memoryMb: number,
): Promise<Compared> {
  let porcupine: PorcupineRun | undefined
  const measured = await measure(folder, traffic, seconds, (path) => {
    porcupine = runPorcupine(program, traffic, path, seconds, memoryMb)
  })
  if (!porcupine) throw new Error('porcupine was not run')
  if (porcupine.result === 'Illegal') {
    throw new Error(`porcupine finds a history at fault whose limiter was not: ${JSON.stringify(traffic)}`)
  }
  const { judgeMs } = measured
  const ahead = judgeMs === undefined ? undefined : (porcupine.seconds * 1000) / judgeMs
  return { ...measured, porcupine, ahead }
}

function summed(traffic: Traffic, runs: readonly Checked[], judging: boolean): Measured {
  const judged = runs.flatMap((run) => run.judged ?? [])
  const whole = judged.length === runs.length
  const verdict = judged[0]?.verdict
  if (verdict === 'fail') {
    throw new Error(`a history is found at fault whose limiter was not: ${JSON.stringify(traffic)}`)
  }
  if (runs.some(({ read }) => read.records !== traffic.records)) throw new Error('records were lost')
  return {
    traffic,
    readMs: median(runs.map(({ read }) => read.ms)),
    readPeakBytes: Math.max(...runs.map(({ read }) => read.peakBytes)),
    ...(whole
      ? {
          judgeMs: median(judged.map(({ ms }) => ms)),
          peakBytes: Math.max(...judged.map(({ peakBytes }) => peakBytes)),
          verdict,
        }
      : { unjudged: judging ? ('too slow' as const) : ('not tried' as const) }),
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2
}
