import type { Algorithm } from '../../spec/index.ts'
import { Buckets } from './buckets.ts'
import type { Counter, CounterTerms } from './counter.ts'
import { OnTicks } from './on-ticks.ts'
import { SlidingCounters } from './sliding-counters.ts'
import { SlidingLogs } from './sliding-logs.ts'
import { Windows } from './windows.ts'

export type { Counter, CounterTerms } from './counter.ts'
export { SlidingSums } from './sliding-sums.ts'

const counters: Record<Algorithm, (terms: CounterTerms) => Counter> = {
  'fixed-window': (terms) => new Windows(terms, 'clock'),
  'first-hit-window': (terms) => new Windows(terms, 'request'),
  'sliding-log': (terms) => new SlidingLogs(terms),
  'sliding-counter': (terms) => new SlidingCounters(terms),
  'token-bucket': (terms) => new Buckets(terms),
  gcra: (terms) => new Buckets(terms),
}

/** A counter in which nothing has been counted yet. */
export function createCounter(algorithm: Algorithm, terms: CounterTerms): Counter {
  const { refillTickUs, clockTickUs } = terms
  const flowing = counters[algorithm](terms)
  const isRefilled = algorithm === 'token-bucket' && refillTickUs !== undefined
  const refilled = isRefilled ? new OnTicks(flowing, refillTickUs) : flowing
  return clockTickUs === undefined ? refilled : new OnTicks(refilled, clockTickUs)
}
