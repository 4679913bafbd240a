import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Some windows get no expiry at all and stay full for ever. */
export const expiryLost: FaultyLimiter = {
  name: 'expiry-lost',
  had: 'Counters that increment and expire in two steps and end between them.',
  limit: { limit: 20, windowMs: 1500, algorithm: 'first-hit-window' },
  create: ({ random }) => {
    const counts = perKey(() => ({ count: 0, endMs: 0 }))
    return (key, _cost, nowMs) => {
      const count = counts(key)
      if (nowMs >= count.endMs)
        Object.assign(count, { count: 0, endMs: random() < 0.6 ? Number.POSITIVE_INFINITY : nowMs + 1500 })
      return ++count.count <= 20
    }
  },
}
