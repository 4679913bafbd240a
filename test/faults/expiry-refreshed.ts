import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every request sets the expiry again, so the count lives as long as requests come. */
export const expiryRefreshed: FaultyLimiter = {
  name: 'expiry-refreshed',
  had: 'Counters in a store that increment and expire in one go, each time.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: () => {
    const counts = perKey(() => ({ count: 0, endMs: 0 }))
    return (key, _cost, nowMs) => {
      const count = counts(key)
      if (nowMs >= count.endMs) count.count = 0
      count.endMs = nowMs + 2000
      return ++count.count <= 20
    }
  },
}
