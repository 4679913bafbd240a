import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { threadEntry } from '../history/index.ts'
import type { Candidate } from './candidate.ts'
import type { Demand } from './demand.ts'
import { type Measures, noMeasures } from './measures.ts'
import { replay } from './replay.ts'
import type { Replayed } from './tally.ts'
import { type Turns, turnsOf } from './turns.ts'

/** What a thread replays. */
export interface Share {
  demand: Demand
  candidates: readonly Candidate[]
  measures: Measures
  turns: Turns
}

/** Below so many decisions for each thread, starting one takes longer than it saves. */
const leastDecisions = 5_000_000

/**
 * As `replay`, with the candidates shared out among threads. How many there are makes no difference to
 * what comes out. A demand of `emptyDemand` is shared with them, any other copied for each.
 * @param threads default: as many as there are cores, for a large demand.
 */
export async function replayInThreads(
  demand: Demand,
  candidates: readonly Candidate[],
  measures: Measures = noMeasures(demand),
  threads = threadsFor(demand, candidates),
): Promise<Replayed[]> {
  const [first, ...others] = candidates
  if (first === undefined || threads <= 1) return replay(demand, candidates, measures)
  // In turn, since those that are close to each other take about as long.
  const turns = turnsOf(demand)
  const shares = Array.from({ length: Math.min(threads, Math.max(1, others.length)) }, (_, thread) =>
    others.filter((__, index) => index % threads === thread),
  )
  // Differences are to the first candidate, so that each thread replays it.
  const replayed = await Promise.all(
    shares.map((share) => inThread({ demand, candidates: [first, ...share], measures, turns })),
  )
  const [ofFirst] = replayed[0] as Replayed[]
  const ofOthers = others.map((_, index) => replayed[index % threads]?.[1 + Math.floor(index / threads)])
  return [ofFirst, ...ofOthers] as Replayed[]
}

function threadsFor({ count }: Demand, candidates: readonly Candidate[]): number {
  return Math.min(availableParallelism(), Math.floor((count * candidates.length) / leastDecisions))
}

function inThread(share: Share): Promise<Replayed[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadEntry(import.meta.url, 'tune-worker'), { workerData: share })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('a thread ended before it had replayed its share')))
  })
}
