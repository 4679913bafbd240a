import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Adds first and counts then; what was refused stays in the log. */
export const logThatAddsFirst: CorrectLimiter = {
  name: 'log-that-adds-first',
  algorithm: 'sliding-log',
  limitedRequests: 'counted',
  create: (limit, windowMs) => () => {
    const held = perKey((): { atMs: number; cost: number }[] => [])
    return (key, cost, nowMs) => {
      const log = held(key)
      log.push({ atMs: nowMs, cost })
      const sum = log.reduce((total, entry) => total + (entry.atMs > nowMs - windowMs ? entry.cost : 0), 0)
      return sum <= limit
    }
  },
}
