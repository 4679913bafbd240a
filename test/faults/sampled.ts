import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Looks at one request in two and counts it double. */
export const sampled: FaultyLimiter = {
  name: 'sampled',
  had: 'Limiters for very much traffic that sample, used where the limit is small.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ random }) => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (random() < 0.5) count.count += 2
      return count.count <= 20
    }
  },
}
