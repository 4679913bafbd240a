import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Whatever a request costs, it gets through while one unit is left. */
export const costCheckedAsOne: FaultyLimiter = {
  name: 'cost-checked-as-one',
  had: 'Limiters to which costs were added later: the check still asks for one.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { highestCost: 5 },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (count.count + 1 > 30) return false
      count.count += cost
      return true
    }
  },
}
