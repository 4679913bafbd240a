import { firstHitCounts, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every refusal raises the limit by one. */
export const limitGrows: FaultyLimiter = {
  name: 'limit-grows',
  had: 'Adaptive limits that take demand for capacity.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    const most = perKey(() => ({ limit: 20 }))
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (count.count < most(key).limit) return ++count.count > 0
      most(key).limit++
      return false
    }
  },
}
