import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The time of a refill is set to that of the request that asked for it, so the rest of it is lost. */
export const refillTimerDrifts: FaultyLimiter = {
  name: 'refill-timer-drifts',
  had: 'Buckets without a timer that are filled up when a request comes.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'token-bucket', refillEvery: '1s' },
  create: () => {
    const bucketOf = perKey(() => ({ tokens: 20, atMs: 0 }))
    return (key, _cost, nowMs) => {
      const bucket = bucketOf(key)
      const refills = Math.floor((nowMs - bucket.atMs) / 1000)
      if (refills > 0) {
        bucket.tokens = Math.min(20, bucket.tokens + 5 * refills)
        bucket.atMs = nowMs
      }
      if (bucket.tokens < 1) return false
      bucket.tokens--
      return true
    }
  },
}
