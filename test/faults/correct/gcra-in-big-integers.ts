import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** Cells in units of a limit-th of a millisecond, in big integers. */
export const gcraInBigIntegers: CorrectLimiter = {
  name: 'gcra-in-big-integers',
  algorithm: 'gcra',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const intervalUnits = BigInt(windowMs)
    const burstUnits = BigInt(limit) * intervalUnits
    const held = perKey(() => ({ arrival: 0n }))
    return (key, cost, nowMs) => {
      const entry = held(key)
      const now = BigInt(nowMs) * BigInt(limit)
      const arrival = (entry.arrival > now ? entry.arrival : now) + BigInt(cost) * intervalUnits
      if (arrival - now > burstUnits) return false
      entry.arrival = arrival
      return true
    }
  },
}
