import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** One count for all keys. */
export const sharedBetweenKeys: FaultyLimiter = {
  name: 'shared-between-keys',
  had: 'Limits meant for each customer whose key was left out of the name of the counter.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { keys: ['a', 'b'] },
  create: () => {
    const countOf = firstHitCounts(2000)
    return (_key, _cost, nowMs) => ++countOf('', nowMs).count <= 20
  },
}
