import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Restarts now and then and begins with empty counts. */
export const restartForgets: FaultyLimiter = {
  name: 'restart-forgets',
  had: 'Limiters in memory in a process that is deployed, or recycled, while clients go on.',
  limit: { limit: 20, windowMs: 3000, algorithm: 'sliding-log' },
  create: ({ random }) => {
    let logOf = logs(3000)
    let restartMs: number | undefined
    return (key, _cost, nowMs) => {
      restartMs ??= nowMs + 700
      if (nowMs >= restartMs) {
        logOf = logs(3000)
        restartMs = nowMs + 700 + 1400 * random()
      }
      const log = logOf(key, nowMs)
      return log.length < 20 && log.push(nowMs) > 0
    }
  },
}
