import { logs, perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Once it said yes it says so for the next 30 ms, without counting. */
export const cachedAcceptance: FaultyLimiter = {
  name: 'cached-acceptance',
  had: 'Sidecars that cache the answers of a central limiter.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: () => {
    const logOf = logs(2000)
    const cache = perKey(() => ({ untilMs: 0 }))
    return (key, _cost, nowMs) => {
      if (nowMs < cache(key).untilMs) return true
      const log = logOf(key, nowMs)
      if (log.length >= 20) return false
      cache(key).untilMs = nowMs + 30
      return log.push(nowMs) > 0
    }
  },
}
