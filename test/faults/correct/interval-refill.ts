import { greatestCommonDivisor } from '../../../lib/limiters/exact.ts'
import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** As many refills a window as bring whole units in whole milliseconds. */
const refillsAWindow = greatestCommonDivisor

/** Tokens come at intervals from when the bucket was made, some time before it is first used. */
export const intervalRefill: CorrectLimiter = {
  name: 'interval-refill',
  algorithm: 'token-bucket',
  limitedRequests: 'free',
  refillMs: (limit, windowMs) => windowMs / refillsAWindow(limit, windowMs),
  create:
    (limit, windowMs) =>
    ({ random }) => {
      const everyMs = windowMs / refillsAWindow(limit, windowMs)
      const brings = limit / refillsAWindow(limit, windowMs)
      const made = perKey(() => ({ tokens: limit, madeMs: Math.floor(random() * everyMs), refills: 0 }))
      return (key, cost, nowMs) => {
        const bucket = made(key)
        const refills = Math.floor((nowMs - bucket.madeMs) / everyMs)
        bucket.tokens = Math.min(limit, bucket.tokens + brings * (refills - bucket.refills))
        bucket.refills = refills
        if (bucket.tokens < cost) return false
        bucket.tokens -= cost
        return true
      }
    },
}
