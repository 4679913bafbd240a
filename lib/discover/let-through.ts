import type { Stream } from './stream.ts'

/** The most that one value of a scope was let through within any window of this length, for sure. */
export function mostLetThrough(streams: readonly Stream[], windowMs: number): number {
  return Math.max(0, ...streams.map((stream) => mostWithin(stream, windowMs * 1000)))
}

/** Of the bounds of instants, each ascending by itself, so many lie surely within some span of this length. */
function mostWithin({ acceptedFromUs, acceptedToUs }: Stream, spanUs: number): number {
  let most = 0
  let from = 0
  for (let to = 0; to < acceptedToUs.length; to++) {
    while (from <= to && (acceptedToUs[to] as number) - (acceptedFromUs[from] as number) >= spanUs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
