import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The count begins anew in the middle of each window as well. */
export const resetsTwice: FaultyLimiter = {
  name: 'resets-twice',
  had: 'Two workers of one service, each with a timer that clears the same counters.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ random }) => {
    const countOf = alignedCounts(1000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 20
  },
}
