import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Compares with > where ≥ is meant, so one more gets through. */
export const offByOneMore: FaultyLimiter = {
  name: 'off-by-one-more',
  had: 'Hand-written counters that check before they count and compare the old count with the limit.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (count.count > 20) return false
      count.count++
      return true
    }
  },
}
