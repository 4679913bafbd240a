import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Each refill brings one token more than it should. */
export const refillOneTooMany: FaultyLimiter = {
  name: 'refill-one-too-many',
  had: 'Refills of a rate that did not divide evenly, rounded up each time.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'token-bucket', refillEvery: '1s' },
  create: () => {
    const bucketOf = perKey(() => ({ tokens: 20, refill: 0 }))
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key)
      const refill = Math.floor(nowMs / 1000)
      bucket.tokens = Math.min(20, bucket.tokens + 6 * (refill - bucket.refill))
      bucket.refill = refill
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
