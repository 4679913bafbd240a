import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Each window lasts up to a fifth longer or shorter than it should. */
export const jitteredWindow: FaultyLimiter = {
  name: 'jittered-window',
  had: 'Caches that vary every time to live, lest all entries expire at once.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  create: ({ random }) => {
    const counts = perKey(() => ({ count: 0, endMs: 0 }))
    return (key, _cost, nowMs) => {
      const count = counts(key)
      if (nowMs >= count.endMs)
        Object.assign(count, { count: 0, endMs: nowMs + 2000 * (0.8 + 0.4 * random()) })
      return ++count.count <= 20
    }
  },
}
