import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A token bucket, full at the start, is said to be a window. */
export const bucketCalledWindow: FaultyLimiter = {
  name: 'bucket-called-window',
  had: 'Limits given as a number in a window, on top of a bucket with that number as its burst.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log' },
  create: () => {
    const bucketOf = buckets(20, 20 / 2000)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, nowMs)
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
