import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** A leaky bucket as a meter: what a token bucket lacks is what is in it. */
export const leakingMeter: CorrectLimiter = {
  name: 'leaking-meter',
  algorithm: 'token-bucket',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const held = perKey(() => ({ level: 0, atMs: 0 }))
    return (key, cost, nowMs) => {
      const meter = held(key)
      meter.level = Math.max(0, meter.level - (nowMs - meter.atMs) * limit)
      meter.atMs = nowMs
      if (meter.level + cost * windowMs > limit * windowMs) return false
      meter.level += cost * windowMs
      return true
    }
  },
}
