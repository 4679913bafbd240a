import type { CorrectLimiter } from '../fault.ts'

/** The window is in the name of the counter, at multiples of its length; over when more than the limit came out. */
export const windowInTheName: CorrectLimiter = {
  name: 'window-in-the-name',
  algorithm: 'fixed-window',
  limitedRequests: 'counted',
  create: (limit, windowMs) => () => {
    const counters = new Map<string, number>()
    return (key, cost, nowMs) => {
      const name = `${key}_${Math.floor(nowMs / windowMs) * windowMs}`
      const after = (counters.get(name) ?? 0) + cost
      counters.set(name, after)
      return after <= limit
    }
  },
}
