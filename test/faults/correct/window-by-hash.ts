import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Windows begin at an offset that is made of the key; refused requests count. */
export const windowByHash: CorrectLimiter = {
  name: 'window-by-hash',
  algorithm: 'fixed-window',
  limitedRequests: 'counted',
  create: (limit, windowMs) => () => {
    const held = perKey((key) => ({ offsetMs: (key.charCodeAt(0) * 7919) % windowMs, window: 0, count: 0 }))
    return (key, cost, nowMs) => {
      const entry = held(key)
      const window = Math.floor((nowMs + entry.offsetMs) / windowMs)
      if (window !== entry.window) Object.assign(entry, { window, count: 0 })
      entry.count += cost
      return !(entry.count > limit)
    }
  },
}
