import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The first refill after a time in which nothing was missing brings nothing. */
export const refillLate: FaultyLimiter = {
  name: 'refill-late',
  had: 'A timer that fills up what it found missing the time before.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'token-bucket', refillEvery: '1s' },
  create: () => {
    const bucketOf = perKey(() => ({ tokens: 20, found: 0, refill: 0 }))
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key)
      const refill = Math.floor(nowMs / 1000)
      // After so many nothing is missing.
      for (let due = Math.min(refill - bucket.refill, 10); due > 0; due--) {
        const brought = Math.min(5, bucket.found)
        bucket.found = 20 - bucket.tokens - brought
        bucket.tokens += brought
      }
      bucket.refill = refill
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
