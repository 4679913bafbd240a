import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Only the second request of a window sets its expiry. */
export const expiryBySecond: FaultyLimiter = {
  name: 'expiry-by-second',
  had: 'Counters that call expire when the count they read back is not the first, by mistake.',
  limit: { limit: 20, windowMs: 3000, algorithm: 'first-hit-window' },
  create: () => {
    const counts = perKey(() => ({ count: 0, endMs: Number.POSITIVE_INFINITY }))
    return (key, _cost, nowMs) => {
      const count = counts(key)
      if (nowMs >= count.endMs) Object.assign(count, { count: 0, endMs: Number.POSITIVE_INFINITY })
      if (++count.count === 2) count.endMs = nowMs + 3000
      return count.count <= 20
    }
  },
}
