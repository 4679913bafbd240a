import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Refused requests stay in the log, though they are said to be free. */
export const countsRefused: FaultyLimiter = {
  name: 'counts-refused',
  had: 'Logs that add first and count then, and never take back what was refused.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: () => {
    const logOf = logs(2000)
    return (key, _cost, nowMs) => logOf(key, nowMs).push(nowMs) <= 20
  },
}
