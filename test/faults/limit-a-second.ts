import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Twenty in four seconds are enforced as five in each. */
export const limitASecond: FaultyLimiter = {
  name: 'limit-a-second',
  had: 'Libraries that know limits a second only, set to the limit divided by the seconds.',
  limit: { limit: 20, windowMs: 4000, algorithm: 'sliding-log' },
  create: () => {
    const logOf = logs(1000)
    return (key, _cost, nowMs) => {
      const log = logOf(key, nowMs)
      return log.length < 5 && log.push(nowMs) > 0
    }
  },
}
