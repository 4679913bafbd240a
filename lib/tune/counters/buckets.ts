import { greatestCommonDivisor } from '../../limiters/exact.ts'
import type { Counter, CounterTerms } from './counter.ts'

/**
 * Token buckets of as many tokens as the limit, with continuous flow, full at first. GCRA decides alike: what is
 * missing of a full bucket is the theoretical arrival time less now, in tokens. The level is kept in
 * parts of a token, so that nothing drifts; exact while the limit times the window in microseconds is below 2^53.
 */
export function buckets({ limit, windowUs, keys }: CounterTerms): Counter {
  const divisor = greatestCommonDivisor(limit, windowUs)
  /** Parts that flow in a microsecond, and parts of which a token consists. */
  const perUs = limit / divisor
  const token = windowUs / divisor
  const full = limit * token
  const level = new Float64Array(keys).fill(full)
  const sinceUs = new Float64Array(keys)

  function fillTo(key: number, atUs: number): void {
    const missing = full - (level[key] as number)
    const passedUs = atUs - (sinceUs[key] as number)
    sinceUs[key] = atUs
    // What flows in a very long time is rounded, but then above all that can be missing.
    const flowed = passedUs * perUs
    level[key] = flowed >= missing ? full : (level[key] as number) + flowed
  }

  return {
    admits(key, atUs, cost) {
      fillTo(key, atUs)
      return (level[key] as number) >= cost * token
    },
    charge(key, atUs, cost) {
      fillTo(key, atUs)
      level[key] = (level[key] as number) - cost * token
    },
  }
}
