/**
 * Which of so many values in ascending order is the percentile, counted from 0: the least that is no
 * less than `percentile` % of them, which is how HdrHistogram counts too.
 */
export function rankOf(percentile: number, count: number): number {
  // 0.99 × 300 is a little more than 297 in floating point, and must not become the 298th.
  return Math.min(count, Math.max(1, Math.ceil((percentile / 100) * count - 1e-9))) - 1
}

/** How many of so many values lie beyond the percentile: what is known about it hangs on them. */
export function countBeyond(percentile: number, count: number): number {
  return count === 0 ? 0 : count - 1 - rankOf(percentile, count)
}

/** The middle of some numbers, or the mean of the two in the middle; NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
