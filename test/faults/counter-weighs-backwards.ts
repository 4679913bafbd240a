import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** The previous window weighs more, the longer it is ago. */
export const counterWeighsBackwards: FaultyLimiter = {
  name: 'counter-weighs-backwards',
  had: 'Sliding counters that weigh by the share that has passed, not by the one that is left.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-counter', limitedRequests: 'free' },
  create: () => {
    const countOf = perKey(() => ({ count: 0 }))
    return (key, _cost, nowMs) => {
      const window = Math.floor(nowMs / 2000)
      const previous = countOf(`${key}/${window - 1}`).count
      const current = countOf(`${key}/${window}`)
      if (Math.floor((previous * (nowMs % 2000)) / 2000) + current.count + 1 > 30) return false
      current.count++
      return true
    }
  },
}
