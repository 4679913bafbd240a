import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Waits for its store, which decides in one go by the time it is then. */
export const waitsThenDecides: CorrectLimiter = {
  name: 'waits-then-decides',
  algorithm: 'first-hit-window',
  limitedRequests: 'free',
  create:
    (limit, windowMs) =>
    ({ clock, random }) => {
      const held = perKey(() => ({ startMs: Number.NEGATIVE_INFINITY, count: 0 }))
      return async (key, cost) => {
        await clock.sleep(5 * random())
        const nowMs = Math.floor(clock.nowMs())
        const entry = held(key)
        if (nowMs - entry.startMs >= windowMs) {
          if (cost > limit) return false
          Object.assign(entry, { startMs: nowMs, count: cost })
          return true
        }
        if (entry.count + cost > limit) return false
        entry.count += cost
        return true
      }
    },
}
