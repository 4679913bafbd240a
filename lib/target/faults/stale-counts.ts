import type { AlertGroup, AlertStore } from '../store/alerts.ts'

/** Shows the count of a group as a cache would that looks anew only after so long. */
export function staleCounts(store: AlertStore, staleMs: number): AlertStore {
  const cached = new WeakMap<AlertGroup, { count: number; atMs: number }>()
  return {
    ...store,
    count(group, nowMs) {
      const known = cached.get(group)
      if (known && nowMs - known.atMs < staleMs) return known.count
      const count = store.count(group, nowMs)
      cached.set(group, { count, atMs: nowMs })
      return count
    },
  }
}
