import { alignedCounts, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Once it said no it says so for the next quarter of a window. */
export const cachedRefusal: FaultyLimiter = {
  name: 'cached-refusal',
  had: 'Proxies that keep those over the limit in a local cache for a fixed time.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ random }) => {
    const countOf = alignedCounts(2000, Math.floor(random() * 2000))
    const cache = perKey(() => ({ untilMs: 0 }))
    return (key, _cost, nowMs) => {
      if (nowMs < cache(key).untilMs) return false
      if (++countOf(key, nowMs).count <= 20) return true
      cache(key).untilMs = nowMs + 500
      return false
    }
  },
}
