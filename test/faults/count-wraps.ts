import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The count has four bits: the sixteenth request makes it 0 again. */
export const countWraps: FaultyLimiter = {
  name: 'count-wraps',
  had: 'Counters in a field that is too small, with a limit just below what fits.',
  limit: { limit: 12, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      count.count = (count.count + 1) & 15
      return count.count <= 12
    }
  },
}
