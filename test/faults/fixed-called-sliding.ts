import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A fixed window is said to slide: twice the limit gets through around a boundary. */
export const fixedCalledSliding: FaultyLimiter = {
  name: 'fixed-called-sliding',
  had: 'Services that document a limit in any window and count by the clock.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log' },
  create: ({ random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      return count.count < 20 && ++count.count > 0
    }
  },
}
