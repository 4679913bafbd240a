import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The log is read, filtered and written back, and requests in between are lost. */
export const logWrittenLater: FaultyLimiter = {
  name: 'log-written-later',
  had: 'Throttles that keep a list of instants in a cache and replace it whole.',
  limit: { limit: 15, windowMs: 3000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: ({ clock }) => {
    const logOf = perKey((): { atMs: number[] } => ({ atMs: [] }))
    return async (key, _cost, nowMs) => {
      const atMs = logOf(key).atMs.filter((at) => at > nowMs - 3000)
      await clock.sleep(4)
      if (atMs.length >= 15) return false
      logOf(key).atMs = [...atMs, nowMs]
      return true
    }
  },
}
