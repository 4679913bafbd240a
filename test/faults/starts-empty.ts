import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The bucket holds nothing at the start. */
export const startsEmpty: FaultyLimiter = {
  name: 'starts-empty',
  had: 'Buckets that are made by the first request and filled only from then on.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'token-bucket' },
  create: () => {
    const bucketOf = buckets(20, 20 / 2000, 0)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, nowMs)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
