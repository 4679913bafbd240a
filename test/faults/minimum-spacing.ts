import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** No burst at all: requests have to be a limit-th of the window apart. */
export const minimumSpacing: FaultyLimiter = {
  name: 'minimum-spacing',
  had: 'Proxies whose burst is 0 unless one is given.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'sliding-log' },
  create: () => {
    const last = perKey(() => ({ atMs: 0 }))
    return (key, _cost, nowMs) => {
      if (nowMs - last(key).atMs < 2000 / 20) return false
      last(key).atMs = nowMs
      return true
    }
  },
}
