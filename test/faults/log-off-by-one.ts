import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Lets a request through while the log holds the whole limit already. */
export const logOffByOne: FaultyLimiter = {
  name: 'log-off-by-one',
  had: 'Sliding logs in a sorted set that count before adding and compare with ≤.',
  limit: { limit: 15, windowMs: 3000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: () => {
    const logOf = logs(3000)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      if (log.length > 15) return false
      log.push(nowMs)
      return true
    }
  },
}
