import type { Count } from './counts.ts'
import type { FaultyLimiter } from './fault.ts'

/** Keeps the two keys that were used last and forgets the third. */
export const evictionForgets: FaultyLimiter = {
  name: 'eviction-forgets',
  had: 'Counters in a cache with too little room, where eviction is silent.',
  limit: { limit: 20, windowMs: 2000, algorithm: 'first-hit-window' },
  traffic: { keys: ['a', 'b', 'c'] },
  create: () => {
    const kept = new Map<string, Count>()
    return (key, _cost, nowMs) => {
      let count = kept.get(key)
      if (!count || nowMs >= count.startMs + 2000) count = { startMs: nowMs, count: 0 }
      kept.delete(key)
      kept.set(key, count)
      for (const [oldest] of kept) if (kept.size > 2) kept.delete(oldest)
      return ++count.count <= 20
    }
  },
}
