import { logs } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Decides at once in a log, and answers when its store has it. */
export const decidesThenWaits: CorrectLimiter = {
  name: 'decides-then-waits',
  algorithm: 'sliding-log',
  limitedRequests: 'free',
  create:
    (limit, windowMs) =>
    ({ clock, random }) => {
      const logOf = logs(windowMs)
      return async (key, cost, nowMs) => {
        const log = logOf(key, nowMs)
        const fits = log.length + cost <= limit
        for (let k = 0; fits && k < cost; k++) log.push(nowMs)
        await clock.sleep(8 * random())
        return fits
      }
    },
}
