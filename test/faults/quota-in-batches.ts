import { firstHitCounts, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Two nodes fetch five units at a time; what one holds is lost to the other. */
export const quotaInBatches: FaultyLimiter = {
  name: 'quota-in-batches',
  had: 'Distributed quotas whose nodes reserve a share beforehand to spare the store.',
  limit: { limit: 18, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ random }) => {
    const countOf = firstHitCounts(2000)
    const heldBy = perKey(() => ({ of: Number.NaN, units: 0 }))
    return (key, _cost, nowMs) => {
      const count = countOf(key, nowMs)
      const held = heldBy(`${key}/${random() < 0.5 ? 0 : 1}`)
      if (held.of !== count.startMs) Object.assign(held, { of: count.startMs, units: 0 })
      if (held.units === 0 && count.count + 5 <= 18) {
        count.count += 5
        held.units = 5
      }
      if (held.units === 0) return false
      held.units--
      return true
    }
  },
}
