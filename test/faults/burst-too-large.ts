import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The bucket holds half as much again as it should. */
export const burstTooLarge: FaultyLimiter = {
  name: 'burst-too-large',
  had: 'Buckets whose burst was raised for one customer and stayed so for all.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'token-bucket' },
  create: () => {
    const bucketOf = buckets(30, 20 / 2000)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, nowMs)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
