import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Entries of a log are named by their millisecond: those of the same one are kept once. */
export const sameInstantOnce: FaultyLimiter = {
  name: 'same-instant-once',
  had: 'Logs in a sorted set that use the time stamp as the member.',
  limit: { limit: 40, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: () => {
    const logOf = logs(2000)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      if (log.length >= 40) return false
      if (log.at(-1) !== nowMs) log.push(nowMs)
      return true
    }
  },
}
