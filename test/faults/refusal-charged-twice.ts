import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A refused request is counted where it is refused and once more where that is logged. */
export const refusalChargedTwice: FaultyLimiter = {
  name: 'refusal-charged-twice',
  had: 'Middleware whose error handler runs through the same limiter again.',
  limit: { limit: 60, windowMs: 3000, algorithm: 'sliding-log', limitedRequests: 'counted' },
  create: () => {
    const logOf = logs(3000)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      if (log.push(nowMs) <= 60) return true
      log.push(nowMs)
      return false
    }
  },
}
