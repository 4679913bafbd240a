import type { Stream } from '../stream.ts'
import { countBelow, countUpTo, type Fit, weightOf } from './fit.ts'
import { windowsIn } from './windows.ts'

/** So many turns of a window say enough of its slope. */
const mostTurns = 60
/** So much of a window after its start is looked at: its end is not known as sharply. */
const looked = 0.9
const rounds = 3
/** So many limits that explain as much are told. */
const mostLimits = 3

/**
 * A count of the window before, as if spread evenly over it: after a first burst that no edge cut, as much
 * as the limit, nothing is let through until an edge, and from there on one by one, along a line that has
 * reached the limit at the next edge.
 * @returns one for each limit that explains most of the streams.
 */
export function fitSlidingCounter(streams: readonly Stream[], leastUs: number): Fit[] {
  const reached = streams.filter(({ turns }) => turns.some(({ recovered }) => recovered))
  const limits = [...new Set(reached.flatMap(firstBursts))].filter((limit) => limit > 0)
  const fits = limits.flatMap((limit) => fitOf(limit, reached, leastUs) ?? [])
  const most = Math.max(...fits.map(({ explained }) => explained))
  return fits.filter(({ explained }) => explained === most).slice(0, mostLimits)
}

function fitOf(limit: number, reached: readonly Stream[], leastUs: number): Fit | undefined {
  const spans = reached.flatMap((stream) => {
    const span = windowsOf(stream, limit)
    return span ? [span] : []
  })
  let best: Fit | undefined
  for (const windowUs of new Set(spans.flatMap((span) => windowsIn([span], leastUs)))) {
    const explained = reached
      .filter((stream) => isExplained(stream, limit, windowUs))
      .reduce((sum, stream) => sum + weightOf(stream), 0)
    if (explained > (best?.explained ?? 0))
      best = { algorithm: 'sliding-counter', limit, windowUs, explained }
  }
  return best
}

/** What was let through at first: with what came before the burst, which its window may have counted, and without. */
function firstBursts({ turns, beforeBurst }: Stream): number[] {
  const burst = turns[0]?.acceptedBefore ?? 0
  return beforeBurst > 0 ? [burst, burst - beforeBurst] : [burst]
}

/** One corner of the stairs after an edge: by then so many were let through, or no more than so many. */
interface Corner {
  atUs: number
  count: number
}

interface Stairs {
  letThrough: Corner[]
  refused: Corner[]
}

/** What was let through after the first recovery, counted from there, up to an instant. */
function stairsOf({ turns, acceptedFromUs, acceptedToUs }: Stream, untilUs: number): Stairs | undefined {
  const [first, ...rest] = turns
  const startUs = first?.recovered?.[0]
  if (startUs === undefined) return undefined
  const beforeFrom = countUpTo(acceptedFromUs, startUs)
  const beforeTo = countUpTo(acceptedToUs, startUs)
  const seen = rest.filter(({ lastRefused }) => lastRefused[1] <= untilUs)
  const step = Math.max(1, Math.floor(seen.length / mostTurns))
  const chosen = seen.filter((_, k) => k % step === 0 || k === seen.length - 1)
  return {
    letThrough: chosen.map(({ firstRefused }) => {
      const count = countBelow(acceptedToUs, firstRefused[1])
      return { atUs: acceptedToUs[count - 1] ?? startUs, count: count - beforeFrom }
    }),
    refused: [
      { atUs: startUs, count: 0 },
      ...chosen.flatMap(({ firstRefused, lastRefused }) =>
        [firstRefused, lastRefused].map(([from, to]) => ({
          atUs: from,
          count: countUpTo(acceptedFromUs, to) - beforeTo,
        })),
      ),
    ],
  }
}

/** Windows whose line goes between the corners, whatever its start. Found in rounds, since its end depends on it. */
function windowsOf(stream: Stream, limit: number): [number, number] | undefined {
  const startUs = stream.turns[0]?.recovered?.[0]
  if (startUs === undefined) return undefined
  let untilUs = stream.toUs.at(-1) ?? startUs
  let found: [number, number] | undefined
  for (let round = 0; round < rounds; round++) {
    const stairs = stairsOf(stream, untilUs)
    if (!stairs || stairs.letThrough.length < 2) return found
    let low = 0
    let high = Number.POSITIVE_INFINITY
    for (const { atUs, count } of stairs.letThrough) {
      for (const other of stairs.refused) {
        const apart = count - 1 - other.count
        const us = atUs - other.atUs
        if (apart > 0) high = Math.min(high, us / apart)
        else if (apart < 0) low = Math.max(low, us / apart)
      }
    }
    if (low > high) {
      // The line had bent before: half of it.
      untilUs = startUs + (untilUs - startUs) / 2
      continue
    }
    found = [low * limit, Math.min(high * limit, 2 * (untilUs - startUs) * rounds)]
    untilUs = Math.min(untilUs, startUs + looked * found[0])
  }
  return found
}

function isExplained(stream: Stream, limit: number, windowUs: number): boolean {
  const startUs = stream.turns[0]?.recovered?.[0]
  if (startUs === undefined || !firstBursts(stream).includes(limit)) return false
  const stairs = stairsOf(stream, startUs + looked * windowUs)
  if (!stairs) return false
  const unitUs = windowUs / limit
  const from = Math.max(...stairs.refused.map(({ atUs, count }) => atUs - count * unitUs))
  const to = Math.min(
    ...stairs.letThrough.map(({ atUs, count }) => atUs - (count - 1) * unitUs),
    stream.turns[0]?.recovered?.[1] as number,
  )
  // Counts are rounded in ways that differ by one.
  return from <= to + unitUs && stairs.letThrough.length > 1
}
