import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The interval between two cells is rounded down to whole milliseconds. */
export const intervalRounded: FaultyLimiter = {
  name: 'interval-rounded',
  had: 'GCRA with intervals in integers, at rates where they are a few milliseconds.',
  limit: { limit: 80, windowMs: 200, algorithm: 'gcra' },
  traffic: { latencyMs: 1 },
  create: () => {
    const intervalMs = Math.floor(200 / 80)
    const arrival = perKey(() => ({ atMs: Number.NEGATIVE_INFINITY }))
    return (key, _cost, nowMs) => {
      const next = arrival(key)
      const newMs = Math.max(next.atMs, nowMs) + intervalMs
      if (newMs - nowMs > 80 * intervalMs) return false
      next.atMs = newMs
      return true
    }
  },
}
