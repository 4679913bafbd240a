import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Three replicas, and each counts for itself. */
export const limitTimesReplicas: FaultyLimiter = {
  name: 'limit-times-replicas',
  had: 'Limiters in memory behind a load balancer.',
  limit: { limit: 10, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    let turn = 0
    return (key, _cost, nowMs) => ++countOf(`${key}/${turn++ % 3}`, nowMs).count <= 10
  },
}
