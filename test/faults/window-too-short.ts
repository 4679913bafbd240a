import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Forgets entries after nine tenths of the window. */
export const windowTooShort: FaultyLimiter = {
  name: 'window-too-short',
  had: 'Logs whose entries expire by a time to live that was set a little below the window.',
  limit: { limit: 20, windowMs: 3000, algorithm: 'sliding-log', limitedRequests: 'free' },
  create: () => {
    const logOf = logs(2700)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      return log.length < 20 && log.push(nowMs) > 0
    }
  },
}
