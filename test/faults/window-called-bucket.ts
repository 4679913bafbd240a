import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A fixed window is said to be a token bucket. */
export const windowCalledBucket: FaultyLimiter = {
  name: 'window-called-bucket',
  had: 'Services whose manual speaks of tokens and whose code counts by the clock.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'token-bucket' },
  create: ({ random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 20
  },
}
