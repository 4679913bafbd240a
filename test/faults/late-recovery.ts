import { firstHitCounts, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Whoever was refused is blocked for another fifth of a window after it has ended. */
export const lateRecovery: FaultyLimiter = {
  name: 'late-recovery',
  had: 'Limiters with a block duration that somebody left on.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    const blocked = perKey(() => ({ untilMs: 0 }))
    return (key, _cost, nowMs) => {
      if (nowMs < blocked(key).untilMs) return false
      const count = countOf(key, nowMs)
      if (++count.count <= 20) return true
      blocked(key).untilMs = count.startMs + 2400
      return false
    }
  },
}
