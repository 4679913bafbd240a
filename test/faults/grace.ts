import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Lets one in ten of those over the limit through. */
export const grace: FaultyLimiter = {
  name: 'grace',
  had: 'Soft limits that are announced as hard ones.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ random }) => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 20 || random() < 0.1
  },
}
