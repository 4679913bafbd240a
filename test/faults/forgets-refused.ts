import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Refused requests are free, though they are said to be counted. */
export const forgetsRefused: FaultyLimiter = {
  name: 'forgets-refused',
  had: 'Gateways whose manual says that retries prolong the refusal, with that setting off.',
  limit: { limit: 30, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'counted' },
  create: () => {
    const logOf = logs(2000)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      return log.length < 30 && log.push(nowMs) > 0
    }
  },
}
