import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Gives the unit back when the answer is sent: it limits what is in flight. */
export const freesOnAnswer: FaultyLimiter = {
  name: 'frees-on-answer',
  had: 'Limits on concurrency that are announced as limits on a rate.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ clock }) => {
    const inFlight = perKey(() => ({ count: 0 }))
    return async (key) => {
      if (inFlight(key).count >= 20) return false
      inFlight(key).count++
      await clock.sleep(20)
      inFlight(key).count--
      return true
    }
  },
}
