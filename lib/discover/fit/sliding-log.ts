import type { Stream } from '../stream.ts'
import type { Fit, Limits } from './fit.ts'
import { bestWindow, type Span, windowsIn } from './windows.ts'

/** Spans of windows are halved down to this share of them, and to this length. */
const finest = 0.0005
const finestUs = 500
const mostSteps = 3_000
const mostSpans = 12

export function fitSlidingLog(streams: readonly Stream[], leastUs: number): Fit | undefined {
  const reached = streams.filter(({ turns }) => turns.some(({ recovered }) => recovered))
  const longestUs = Math.max(
    0,
    ...reached.map((stream) => (stream.toUs.at(-1) ?? 0) - (stream.fromUs[0] ?? 0)),
  )
  // Each stream by itself: one that was taken for another limit's must not spoil the others.
  const spans = reached
    .slice(-2)
    .flatMap((stream) => spansOf(stream, [leastUs, longestUs]).slice(0, mostSpans))
  return bestWindow('sliding-log', streams, windowsIn(spans, leastUs), (stream, windowUs) =>
    limitsBetween(stream, windowUs, windowUs),
  )
}

/** The windows that may explain a stream. What is required grows with the window, as does what is possible. */
function spansOf(stream: Stream, whole: Span): Span[] {
  const open: Span[] = [whole]
  const found: Span[] = []
  for (let step = 0; step < mostSteps && open.length > 0; step++) {
    const [from, to] = open.pop() as Span
    if (from > to) continue
    const least = leastOf(stream, from)
    const most = mostOf(stream, to)
    if (least > most) continue
    if (to - from <= Math.max(finestUs, finest * to)) {
      const last = found.at(-1)
      if (last && from - last[1] <= 1) found[found.length - 1] = [last[0], to]
      else found.push([from, to])
      continue
    }
    const middle = (from + to) / 2
    open.push([middle, to], [from, middle])
  }
  return found
}

function limitsBetween(stream: Stream, fromUs: number, toUs: number): Limits {
  return [leastOf(stream, fromUs), mostOf(stream, toUs)]
}

/** The most that was surely let through within one window. */
function leastOf({ acceptedFromUs, acceptedToUs }: Stream, windowUs: number): number {
  let most = 0
  let until = 0
  for (let k = 0; k < acceptedFromUs.length; k++) {
    const endUs = (acceptedFromUs[k] as number) + windowUs
    while (until < acceptedToUs.length && (acceptedToUs[until] as number) < endUs) until++
    if (until - k > most) most = until - k
  }
  return most
}

/** The least that can have been let through in the window before a refusal. */
function mostOf(
  { acceptedFromUs, acceptedToUs, refusedFromUs, refusedToUs }: Stream,
  windowUs: number,
): number {
  let least = Number.POSITIVE_INFINITY
  let before = 0
  let gone = 0
  for (let k = 0; k < refusedFromUs.length; k++) {
    while (before < acceptedFromUs.length && (acceptedFromUs[before] as number) <= (refusedToUs[k] as number))
      before++
    while (
      gone < acceptedToUs.length &&
      (acceptedToUs[gone] as number) <= (refusedFromUs[k] as number) - windowUs
    )
      gone++
    if (before - gone < least) least = before - gone
  }
  return least
}
