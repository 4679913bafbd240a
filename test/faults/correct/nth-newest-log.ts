import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Newest first; refuses while the entry that would be one too many is in the window, its end included: with a clock of whole milliseconds that is a window a moment longer. */
export const nthNewestLog: CorrectLimiter = {
  name: 'nth-newest-log',
  algorithm: 'sliding-log',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const held = perKey((): number[] => [])
    return (key, cost, nowMs) => {
      const newestFirst = held(key)
      const decisive = newestFirst[limit - cost]
      if (cost > limit || (decisive !== undefined && decisive >= nowMs - windowMs)) return false
      for (let k = 0; k < cost; k++) newestFirst.unshift(nowMs)
      newestFirst.length = Math.min(newestFirst.length, limit)
      return true
    }
  },
}
