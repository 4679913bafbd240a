import type { Stream } from './stream.ts'

/** The most that one value of a scope was let through within any window of this length. */
export function mostLetThrough(streams: readonly Stream[], windowMs: number): number {
  return Math.max(0, ...streams.map(({ acceptedToUs }) => mostWithin(acceptedToUs, windowMs * 1000)))
}

/** The most instants within any span of this length. */
function mostWithin(ascendingUs: Float64Array, spanUs: number): number {
  let most = 0
  let from = 0
  for (let to = 0; to < ascendingUs.length; to++) {
    while ((ascendingUs[to] as number) - (ascendingUs[from] as number) >= spanUs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
