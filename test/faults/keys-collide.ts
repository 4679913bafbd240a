import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Two of three keys share a slot of a table that is looked up by a short hash. */
export const keysCollide: FaultyLimiter = {
  name: 'keys-collide',
  had: 'Counters kept in a fixed table by the hash of the key, with no check of the key itself.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { keys: ['a', 'b', 'c'] },
  create: () => {
    const countOf = firstHitCounts(2000)
    const slotOf = (key: string) => String(key.charCodeAt(0) % 2)
    return (key, _cost, nowMs) => ++countOf(slotOf(key), nowMs).count <= 20
  },
}
