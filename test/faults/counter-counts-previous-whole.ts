import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The previous window counts in full until this one ends. */
export const counterCountsPreviousWhole: FaultyLimiter = {
  name: 'counter-counts-previous-whole',
  had: 'Sliding counters whose weight is computed in integers and comes out as 1.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-counter', limitedRequests: 'free' },
  create: () => {
    const countOf = perKey(() => ({ count: 0 }))
    return (key, _cost, nowMs) => {
      const window = Math.floor(nowMs / 2000)
      const weight = Math.ceil((2000 - (nowMs % 2000)) / 2000)
      const current = countOf(`${key}/${window}`)
      if (weight * countOf(`${key}/${window - 1}`).count + current.count + 1 > 30) return false
      current.count++
      return true
    }
  },
}
