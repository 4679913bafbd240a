import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** What a refusal counted is taken back twice. */
export const rollbackTwice: FaultyLimiter = {
  name: 'rollback-twice',
  had: 'Reservations that are cancelled by the limiter and by the error handler.',
  limit: { limit: 10, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (++count.count <= 10) return true
      count.count -= 2
      return false
    }
  },
}
