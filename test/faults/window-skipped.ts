import { alignedCounts, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Every third time the counts are not cleared, so that window lasts twice as long. */
export const windowSkipped: FaultyLimiter = {
  name: 'window-skipped',
  had: 'Counters that a job clears, on a scheduler that skips a turn.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: () => {
    const countOf = alignedCounts(2000)
    const held = perKey(() => ({ count: 0, of: 0 }))
    return (key, _cost, nowMs) => {
      const { startMs } = countOf(key, nowMs)
      const turn = Math.floor(startMs / 2000)
      const count = held(key)
      const of = turn % 3 === 2 ? turn - 1 : turn
      if (of !== count.of) Object.assign(count, { of, count: 0 })
      return ++count.count <= 20
    }
  },
}
