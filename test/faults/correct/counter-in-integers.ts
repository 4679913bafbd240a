import { perKey } from '../counts.ts'
import type { CorrectLimiter } from '../fault.ts'

/** A sliding counter without a division: both sides are multiplied by the window. */
export const counterInIntegers: CorrectLimiter = {
  name: 'counter-in-integers',
  algorithm: 'sliding-counter',
  limitedRequests: 'free',
  create: (limit, windowMs) => () => {
    const counts = perKey(() => ({ units: 0 }))
    return (key, cost, nowMs) => {
      const window = Math.floor(nowMs / windowMs)
      const leftMs = windowMs - (nowMs % windowMs)
      const current = counts(`${key}/${window}`)
      const previous = counts(`${key}/${window - 1}`)
      if (previous.units * leftMs + (current.units + cost) * windowMs > limit * windowMs) return false
      current.units += cost
      return true
    }
  },
}
