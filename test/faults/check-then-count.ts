import { alignedCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Counts a request only once it was answered; until then it is not there. */
export const checkThenCount: FaultyLimiter = {
  name: 'check-then-count',
  had: 'Gateways that check in one phase and count in a later one.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ clock, random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    return (key, _cost, nowMs) => {
      if (countOf(key, nowMs).count >= 20) return false
      clock.sleep(40).then(() => countOf(key, Math.floor(clock.nowMs())).count++)
      return true
    }
  },
}
