import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** A ring of as many instants as the limit: each unit overwrites the oldest one. */
export const ringBufferLog: CorrectLimiter = {
  name: 'ring-buffer-log',
  algorithm: 'sliding-log',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const held = perKey(() => ({ atMs: new Float64Array(limit).fill(Number.NEGATIVE_INFINITY), next: 0 }))
    return (key, cost, nowMs) => {
      const ring = held(key)
      const last = ring.atMs[(ring.next + cost - 1) % limit] as number
      if (cost > limit || last > nowMs - windowMs) return false
      for (let k = 0; k < cost; k++) ring.atMs[(ring.next + k) % limit] = nowMs
      ring.next = (ring.next + cost) % limit
      return true
    }
  },
}
