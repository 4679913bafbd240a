import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every request counts as one, whatever it costs. */
export const costIgnored: FaultyLimiter = {
  name: 'cost-ignored',
  had: 'Limits on alerts that count the requests that carry them.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { highestCost: 3 },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 30
  },
}
