import { firstHitCounts } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Reads the count, waits for the store, and writes back what it read plus one. */
export const lostUpdates: FaultyLimiter = {
  name: 'lost-updates',
  had: 'Throttles that get, change and set a cache entry without a transaction.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ clock }) => {
    const countOf = firstHitCounts(2000)
    return async (key, _cost, nowMs) => {
      const read = countOf(key, nowMs).count
      await clock.sleep(3)
      countOf(key, Math.floor(clock.nowMs())).count = read + 1
      return read < 20
    }
  },
}
