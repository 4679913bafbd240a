import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Lets a request in up to half an interval early. */
export const earlyRecovery: FaultyLimiter = {
  name: 'early-recovery',
  had: 'A library for GCRA on Redis, before its tenth version.',
  limit: { limit: 5, windowMs: 3000, algorithm: 'gcra' },
  create: () => {
    const intervalMs = 3000 / 5
    const arrival = perKey(() => ({ atMs: Number.NEGATIVE_INFINITY }))
    return (key, _cost, nowMs) => {
      const next = arrival(key)
      const newMs = Math.max(next.atMs, nowMs) + intervalMs
      if (newMs - 3000 > nowMs + intervalMs / 2) return false
      next.atMs = newMs
      return true
    }
  },
}
