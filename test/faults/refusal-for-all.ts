import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Once one key is refused, all are refused until its window ends. */
export const refusalForAll: FaultyLimiter = {
  name: 'refusal-for-all',
  had: 'Blocking tables that are filled by key and looked up by address.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { keys: ['a', 'b'] },
  create: () => {
    const countOf = firstHitCounts(2000)
    let blockedUntilMs = Number.NEGATIVE_INFINITY
    return (key, _cost, nowMs) => {
      if (nowMs < blockedUntilMs) return false
      const count = countOf(key, nowMs)
      if (++count.count <= 20) return true
      blockedUntilMs = count.startMs + 2000
      return false
    }
  },
}
