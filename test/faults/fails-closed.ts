import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** While the store is away, everything is refused. */
export const failsClosed: FaultyLimiter = {
  name: 'fails-closed',
  had: 'Gateways that answer an error of their limiter as if the limit were reached.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const countOf = firstHitCounts(2000)
    const isAway = (nowMs: number) => nowMs % 700 < 150
    return (key, _cost, nowMs) => !isAway(nowMs) && ++countOf(key, nowMs).count <= 20
  },
}
