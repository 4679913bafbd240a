import { buckets } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Keeps instants in single precision, in which time stands still for two minutes. */
export const singlePrecision: FaultyLimiter = {
  name: 'single-precision',
  had: 'Extensions that store a time stamp in a 32-bit float.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'token-bucket', limitedRequests: 'free' },
  create: () => {
    const bucketOf = buckets(20, 20 / 2000)
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key, Math.fround(nowMs))
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
