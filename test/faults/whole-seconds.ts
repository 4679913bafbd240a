import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** A window of one and a half seconds is cut to whole seconds. */
export const wholeSeconds: FaultyLimiter = {
  name: 'whole-seconds',
  had: 'Stores whose expiry takes whole seconds, behind an interface that takes milliseconds.',
  limit: { limit: 12, windowMs: 1500, algorithm: 'first-hit-window' },
  create: () => {
    const expirySeconds = Math.floor(1500 / 1000)
    const countOf = firstHitCounts(expirySeconds * 1000)
    return (key, _cost, nowMs) => ++countOf(key, nowMs).count <= 12
  },
}
