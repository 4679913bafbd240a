import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Compares with ≥ after counting, so the last one is refused. */
export const offByOneLess: FaultyLimiter = {
  name: 'off-by-one-less',
  had: 'Middleware that increments first and then compares as if it had not.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count < 20
  },
}
