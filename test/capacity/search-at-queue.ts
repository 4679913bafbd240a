import { findCapacity, type Question } from '../../lib/capacity/index.ts'
import { fireAtQueue } from './simulated-queue.ts'

/** How far a search at a queue may go; it begins at 50 a second. */
export const bounds = {
  startPerSecond: 50,
  mostPerSecond: 100_000,
  leastPerSecond: 1,
  resolution: 0.2,
  mostFirings: 16,
  budgetMs: 3_600_000,
  longestStepMs: 60_000,
  shortestMs: 2_000,
}

/** The question whether a percentile stays below a bound; each seed begins at another rate. */
export function questionOf(percentile: number, boundMs: number, seed: number): Question {
  const startPerSecond = 40 + ((seed * 17) % 40)
  return {
    objective: { latency: [{ percentile, boundMs }] },
    confidence: 0.95,
    bounds: { ...bounds, startPerSecond },
  }
}

/** Searches for the capacity of a queue, all on a virtual clock. */
export async function searchAt(
  queue: { servers: number; serviceMs: number },
  question: Question,
  seed: number,
) {
  let firings = 0
  return findCapacity(question, async ({ ratePerSecond, durationMs }) => ({
    kind: 'observed',
    observation: fireAtQueue(queue, ratePerSecond, durationMs, 1_000 * seed + firings++),
  }))
}
