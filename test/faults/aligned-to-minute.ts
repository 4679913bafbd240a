import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Windows of 25 s begin anew with every minute, so that the third lasts 10 s. */
export const alignedToMinute: FaultyLimiter = {
  name: 'aligned-to-minute',
  had: 'Counters named by the minute and the part of it, where the parts do not fill it.',
  limit: { limit: 20, windowMs: 25000, algorithm: 'fixed-window' },
  create: () => {
    const countOf = perKey(() => ({ count: 0 }))
    return (key, _cost, nowMs) => {
      const minute = Math.floor(nowMs / 60_000)
      const part = Math.floor((nowMs % 60_000) / 25_000)
      return ++countOf(`${key}/${minute}/${part}`).count <= 20
    }
  },
}
