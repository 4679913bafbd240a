import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Opens a new window a tenth of a window late. */
export const windowTooLong: FaultyLimiter = {
  name: 'window-too-long',
  had: 'Counters with a grace added to their expiry, so that slow clocks do no harm.',
  limit: { limit: 20, windowMs: 3000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(3300)
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 20
  },
}
