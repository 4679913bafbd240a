import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Tokens come four times a window, though they are said to flow. */
export const refillInTicks: FaultyLimiter = {
  name: 'refill-in-ticks',
  had: 'Buckets that a timer fills, a few times a window.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'token-bucket' },
  create: () => {
    const bucketOf = buckets(20, 20 / 4000)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, Math.floor(nowMs / 1000) * 1000)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
