import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A timer ends the windows, and fires up to a quarter of a window late. */
export const lateTimer: FaultyLimiter = {
  name: 'late-timer',
  had: 'Limiters that refill on a timer, on a host that is busy.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ random }) => {
    const counts = perKey(() => ({ count: 0, startMs: 0, endMs: 0 }))
    return (key, _cost, nowMs) => {
      const count = counts(key)
      if (nowMs >= count.endMs) {
        const startMs = Math.floor(nowMs / 2000) * 2000
        Object.assign(count, { count: 0, startMs, endMs: startMs + 2000 + 500 * random() })
      }
      return ++count.count <= 20
    }
  },
}
