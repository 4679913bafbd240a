import type { Counter, CounterTerms } from './counter.ts'

/** Fixed windows, which begin at multiples of their length since instant 0, for all keys. */
export function fixedWindows(terms: CounterTerms): Counter {
  return windows(terms, (atUs) => atUs - (atUs % terms.windowUs))
}

/** Windows that begin with the first request that is counted after the last one ended. */
export function firstHitWindows(terms: CounterTerms): Counter {
  return windows(terms, (atUs) => atUs)
}

function windows({ limit, windowUs, keys }: CounterTerms, startOf: (atUs: number) => number): Counter {
  const endUs = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
  const counts = new Float64Array(keys)
  return {
    admits: (key, atUs, cost) =>
      (atUs < (endUs[key] as number) ? (counts[key] as number) : 0) + cost <= limit,
    charge(key, atUs, cost) {
      if (atUs < (endUs[key] as number)) {
        counts[key] = (counts[key] as number) + cost
        return
      }
      endUs[key] = startOf(atUs) + windowUs
      counts[key] = cost
    },
  }
}
