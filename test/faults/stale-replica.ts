import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Decides by the count as it was 60 ms ago. */
export const staleReplica: FaultyLimiter = {
  name: 'stale-replica',
  had: 'Stores where writes go to one node and reads to another that follows it.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ clock }) => {
    const countOf = firstHitCounts(2000)
    const replicaOf = firstHitCounts(2000)
    return (key, _cost, nowMs) => {
      countOf(key, nowMs).count++
      clock.sleep(60).then(() => replicaOf(key, Math.floor(clock.nowMs())).count++)
      return replicaOf(key, nowMs).count < 20
    }
  },
}
