import { type History, Outcome } from '../../history/history.ts'

/**
 * The history with requests that cost nothing made to say nothing. They use no limit up, and beyond that platforms
 * differ: one lets them through whatever it has counted, another refuses them where it has counted too much, and
 * they open a window or do not. The same history where all cost something.
 */
export function withoutCostingNothing(history: History): History {
  const { cost, count, outcome } = history
  const first = cost.indexOf(0)
  if (first < 0 || first >= count) return history
  const known = Uint8Array.from(outcome)
  for (let row = first; row < count; row++) if (cost[row] === 0) known[row] = Outcome.unknown
  return { ...history, outcome: known }
}
