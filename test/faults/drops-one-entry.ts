import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Drops one expired entry a request at most, which is too few for a request that costs more. */
export const dropsOneEntry: FaultyLimiter = {
  name: 'drops-one-entry',
  had: 'Logs that look at the oldest entry only, with an if where a while is meant.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  traffic: { highestCost: 4 },
  create: () => {
    const logOf = perKey((): number[] => [])
    return (key, cost, nowMs) => {
      const log = logOf(key)
      if ((log[0] as number) <= nowMs - 2000) log.shift()
      if (log.length + cost > 30) return false
      for (let k = 0; k < cost; k++) log.push(nowMs)
      return true
    }
  },
}
