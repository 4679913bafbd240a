import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every cost is counted twice. */
export const costDoubled: FaultyLimiter = {
  name: 'cost-doubled',
  had: 'Middleware that is mounted on the router and on the route.',
  limit: { limit: 40, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  traffic: { highestCost: 2 },
  create: () => {
    const logOf = logs(2000)
    return (key, cost, nowMs) => {
      const log = logOf(key, nowMs)
      if (log.length + 2 * cost > 40) return false
      for (let k = 0; k < 2 * cost; k++) log.push(nowMs)
      return true
    }
  },
}
