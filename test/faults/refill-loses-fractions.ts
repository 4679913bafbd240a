import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Refills whole tokens and forgets the time that was left over. */
export const refillLosesFractions: FaultyLimiter = {
  name: 'refill-loses-fractions',
  had: 'Buckets in integers that set the time of the last refill to now, each time.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'token-bucket' },
  create: () => {
    const bucketOf = perKey(() => ({ tokens: 20, atMs: 0 }))
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key)
      bucket.tokens = Math.min(20, bucket.tokens + Math.floor(((nowMs - bucket.atMs) * 20) / 4000))
      bucket.atMs = nowMs
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
