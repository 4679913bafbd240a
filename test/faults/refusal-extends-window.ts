import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every refusal starts the window anew. */
export const refusalExtendsWindow: FaultyLimiter = {
  name: 'refusal-extends-window',
  had: 'Limiters that punish: whoever knocks while refused waits from the start.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      if (++count.count <= 20) return true
      count.startMs = nowMs
      return false
    }
  },
}
