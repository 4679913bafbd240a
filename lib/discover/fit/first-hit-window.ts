import type { Stream } from '../stream.ts'
import { countBelow, countUpTo, type Fit, type Limits } from './fit.ts'
import { bestWindow, type Span, windowsIn } from './windows.ts'

/** The windows of a stream that start with a request and end with a recovery, so many turns later at most. */
const mostTurns = 3
const mostOpenings = 6

export function fitFirstHitWindow(streams: readonly Stream[], leastUs: number): Fit | undefined {
  const spans = streams.flatMap(({ turns }) =>
    turns
      .slice(0, mostOpenings)
      .flatMap(({ opened }, k) =>
        turns
          .slice(k, k + mostTurns)
          .flatMap(({ recovered }): Span[] =>
            recovered ? [[recovered[0] - opened[1], recovered[1] - opened[0]]] : [],
          ),
      ),
  )
  return bestWindow('first-hit-window', streams, windowsIn(spans, leastUs), limitsAt)
}

/** Follows the windows from the first request on: each starts with what comes first after the last one's end. */
function limitsAt(stream: Stream, windowUs: number): Limits {
  const { acceptedFromUs, acceptedToUs, refusedFromUs, refusedToUs } = stream
  const all = acceptedFromUs.length
  let least = 0
  let most = Number.POSITIVE_INFINITY
  let first = 0
  while (first < all) {
    const startFrom = acceptedFromUs[first] as number
    const startTo = acceptedToUs[first] as number
    const surelyNext = countBelow(acceptedFromUs, startTo + windowUs)
    // What may be of this window or of the next opens the next where this one has refused before it.
    const surely = Math.max(countBelow(acceptedToUs, startFrom + windowUs), first + 1)
    const refusedBefore = countBelow(refusedFromUs, startTo + windowUs)
    const refusedAfter = countUpTo(refusedToUs, startFrom)
    const isRefusing = refusedBefore > refusedAfter
    least = Math.max(least, surely - first)
    if (isRefusing) {
      // Refusals surely in this window: after its start, before its end.
      const inside = countBelow(refusedToUs, startFrom + windowUs) - countUpTo(refusedFromUs, startTo)
      if (inside > 0) {
        const firstRefusedTo = refusedToUs[countUpTo(refusedFromUs, startTo)] as number
        most = Math.min(most, countUpTo(acceptedFromUs, firstRefusedTo) - first)
      }
    }
    first = isRefusing ? surely : Math.max(surely, surelyNext)
  }
  // A refusal while nothing was let through for a window is none of this limiter.
  return unjustified(stream, windowUs) ? [1, 0] : [least, most]
}

/** Is something refused longer after the last request let through than a window lasts? */
function unjustified(
  { acceptedToUs, acceptedFromUs, refusedFromUs, refusedToUs }: Stream,
  windowUs: number,
): boolean {
  for (let k = 0; k < refusedFromUs.length; k++) {
    const at = refusedFromUs[k] as number
    const before = countUpTo(acceptedFromUs, refusedToUs[k] as number)
    if (before === 0 || (acceptedToUs[before - 1] as number) + windowUs < at) return true
  }
  return false
}
