import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A sliding counter whose previous window is always empty. */
export const counterForgetsPrevious: FaultyLimiter = {
  name: 'counter-forgets-previous',
  had: 'Sliding counters that delete a window once it has ended.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-counter', limitedRequests: 'free' },
  create: ({ random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      return count.count < 30 && ++count.count > 0
    }
  },
}
