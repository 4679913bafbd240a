import { perKey } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Two replicas name the window by their own clocks, which are 300 ms apart. */
export const clocksApart: FaultyLimiter = {
  name: 'clocks-apart',
  had: 'Counters in a shared store whose names are made of the time on each host.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'fixed-window' },
  create: ({ random }) => {
    const countOf = perKey(() => ({ count: 0 }))
    return (key, _cost, nowMs) => {
      const here = nowMs + (random() < 0.5 ? 300 : 0)
      return ++countOf(`${key}/${Math.floor(here / 2000)}`).count <= 20
    }
  },
}
