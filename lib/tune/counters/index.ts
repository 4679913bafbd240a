import type { Algorithm } from '../../spec/index.ts'
import { buckets } from './buckets.ts'
import type { Counter, CounterTerms } from './counter.ts'
import { slidingCounters } from './sliding-counters.ts'
import { slidingLogs } from './sliding-logs.ts'
import { firstHitWindows, fixedWindows } from './windows.ts'

export type { Counter, CounterTerms } from './counter.ts'
export { createSlidingSums, type SlidingSums } from './sliding-sums.ts'

const counters: Record<Algorithm, (terms: CounterTerms) => Counter> = {
  'fixed-window': fixedWindows,
  'first-hit-window': firstHitWindows,
  'sliding-log': slidingLogs,
  'sliding-counter': slidingCounters,
  'token-bucket': buckets,
  gcra: buckets,
}

/** A counter in which nothing has been counted yet. */
export function createCounter(algorithm: Algorithm, terms: CounterTerms): Counter {
  return counters[algorithm](terms)
}
