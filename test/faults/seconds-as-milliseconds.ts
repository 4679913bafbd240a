import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Two seconds become two milliseconds. */
export const secondsAsMilliseconds: FaultyLimiter = {
  name: 'seconds-as-milliseconds',
  had: 'Settings in seconds that are handed to a limiter that takes milliseconds.',
  limit: { limit: 10, windowMs: 2000, algorithm: 'sliding-log' },
  create: () => {
    const logOf = logs(2)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      return log.length < 10 && log.push(nowMs) > 0
    }
  },
}
