import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** A sorted set: drop what is a window old, sum up what is left, add if it fits. */
export const sortedSetLog: CorrectLimiter = {
  name: 'sorted-set-log',
  algorithm: 'sliding-log',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const held = perKey(() => new Map<string, { score: number; cost: number }>())
    let member = 0
    return (key, cost, nowMs) => {
      const set = held(key)
      for (const [name, { score }] of set) if (score <= nowMs - windowMs) set.delete(name)
      const sum = [...set.values()].reduce((total, entry) => total + entry.cost, 0)
      if (sum + cost > limit) return false
      set.set(`${nowMs}-${member++}`, { score: nowMs, cost })
      return true
    }
  },
}
