import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Tokens flow a tenth too slowly. */
export const refillTooSlow: FaultyLimiter = {
  name: 'refill-too-slow',
  had: 'Buckets whose rate was rounded down to a whole number of tokens a second.',
  limit: { limit: 30, windowMs: 3000, algorithm: 'token-bucket' },
  create: () => {
    const bucketOf = buckets(30, 9 / 1000)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, nowMs)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
