import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Tokens as whole multiples of a window-th, filled when they are asked for. */
export const bucketOfFractions: CorrectLimiter = {
  name: 'bucket-of-fractions',
  algorithm: 'token-bucket',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const held = perKey(() => ({ parts: limit * windowMs, atMs: 0 }))
    return (key, cost, nowMs) => {
      const bucket = held(key)
      bucket.parts = Math.min(limit * windowMs, bucket.parts + (nowMs - bucket.atMs) * limit)
      bucket.atMs = nowMs
      if (bucket.parts < cost * windowMs) return false
      bucket.parts -= cost * windowMs
      return true
    }
  },
}
