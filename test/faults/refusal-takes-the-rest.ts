import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A request that costs more than is left takes what is left, and is refused. */
export const refusalTakesTheRest: FaultyLimiter = {
  name: 'refusal-takes-the-rest',
  had: 'Batch endpoints that count item by item and refuse the batch at the first that does not fit.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  traffic: { highestCost: 6 },
  create: () => {
    const logOf = logs(2000)
    return (key, cost, nowMs) => {
      const log = logOf(key, nowMs)
      for (let k = 0; k < cost; k++) if (log.length === 30 || log.push(nowMs) === 0) return false
      return true
    }
  },
}
