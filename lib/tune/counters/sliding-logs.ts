import type { Counter, CounterTerms } from './counter.ts'
import { createSlidingSums } from './sliding-sums.ts'

/**
 * Sliding logs: a request is let through iff what was counted in the last window plus its cost is not
 * above the limit. Of refused requests that are counted only the newest are kept that together exceed
 * the limit: older ones change no decision.
 */
export function slidingLogs({ limit, windowUs, keys }: CounterTerms): Counter {
  const counted = createSlidingSums(windowUs, keys)
  return {
    admits: (key, atUs, cost) => counted.sum(key, atUs) + cost <= limit,
    charge(key, atUs, cost) {
      counted.add(key, atUs, cost)
      counted.forgetBeyond(key, limit)
    },
  }
}
