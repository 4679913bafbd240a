import { logs } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Counts each of three connections of a key by itself. */
export const keyTooNarrow: FaultyLimiter = {
  name: 'key-too-narrow',
  had: 'Limits by key and path, or by key and connection, where a limit by key is promised.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log' },
  create: ({ random }) => {
    const logOf = logs(2000)
    return (key, _cost, nowMs) => {
      const log = logOf(`${key}/${Math.floor(random() * 3)}`, nowMs)
      return log.length < 20 && log.push(nowMs) > 0
    }
  },
}
