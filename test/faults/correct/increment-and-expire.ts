import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Increments, sets the expiry with the first hit, and refuses what came out above the limit. */
export const incrementAndExpire: CorrectLimiter = {
  name: 'increment-and-expire',
  algorithm: 'first-hit-window',
  limitedRequests: 'counted',
  create: (limit, windowMs) => () => {
    const held = perKey(() => ({ count: 0, expiresMs: 0 }))
    return (key, cost, nowMs) => {
      const entry = held(key)
      if (nowMs >= entry.expiresMs) entry.count = 0
      entry.count += cost
      if (entry.count === cost) entry.expiresMs = nowMs + windowMs
      return entry.count <= limit
    }
  },
}
