import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The burst comes on top of the one request that is always allowed. */
export const burstOneMore: FaultyLimiter = {
  name: 'burst-one-more',
  had: 'GCRA with a most burst to which one is added, set to the limit itself.',
  limit: { limit: 10, windowMs: 2000, algorithm: 'gcra' },
  create: () => {
    const intervalMs = 2000 / 10
    const arrival = perKey(() => ({ atMs: Number.NEGATIVE_INFINITY }))
    return (key, _cost, nowMs) => {
      const next = arrival(key)
      const newMs = Math.max(next.atMs, nowMs) + intervalMs
      if (newMs - nowMs > 2000 + intervalMs) return false
      next.atMs = newMs
      return true
    }
  },
}
