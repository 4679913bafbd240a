import { roundestWindowMs } from '../round-window.ts'
import type { Stream } from '../stream.ts'
import { countUpTo, type Fit, weightOf } from './fit.ts'
import { roundness } from './windows.ts'

/** So many turns of a stream say enough of its slope. */
const mostTurns = 60
const largestLimit = 20_000
/** Until it first refuses it lets so many times its limit through at most, nearly all of which flows in meanwhile. */
const mostTimesFlowing = 10

/** By some instant, counted from the first request let through, so many were let through, and no more. */
interface Line {
  /** At least so many by then. */
  letThrough: { afterUs: number; count: number }[]
  /** No more than so many by then: the next one was refused. */
  refused: { afterUs: number; count: number }[]
}

/**
 * A bucket of `limit` tokens that flows all the time: what was let through lies on a line that starts at the
 * limit, whatever was tried in between. GCRA does the same.
 * @returns of all buckets that explain most of the streams that with the roundest window, and the middle one.
 */
export function fitTokenBucket(streams: readonly Stream[], leastUs: number): Fit[] {
  const recovered = streams.filter(({ turns }) => turns.some((turn) => turn.recovered))
  if (recovered.length === 0) return []
  const lines = recovered.map(lineOf)
  const weight = weightOf(recovered[0] as Stream)
  const bursts = lines.map(({ refused }) => (refused[0] as { count: number }).count)
  const most = Math.min(largestLimit, Math.max(...bursts) + 1)
  const least = Math.max(1, Math.min(...bursts) / mostTimesFlowing)
  let best: Fit[] = []
  for (let limit = most; limit >= least; limit--) {
    const slopes = lines.map((line) => slopesOf(line, limit)).filter(([low, high]) => low <= high && low > 0)
    const found = mostCommon(slopes)
    const explained = found.explained * weight
    if (explained === 0 || explained < (best[0]?.explained ?? 0)) continue
    const [from, to] = [limit / found.high / 1000, limit / found.low / 1000]
    const windowUs = 1000 * roundestWindowMs(Math.max(1, from), Math.max(1, to))
    if (windowUs < leastUs) continue
    if (explained > (best[0]?.explained ?? 0)) best = []
    best.push({ algorithm: 'token-bucket', limit, windowUs, explained })
  }
  const [roundest] = best.toSorted((one, other) => roundness(one.windowUs) - roundness(other.windowUs))
  const middle = best[Math.floor(best.length / 2)]
  return [...new Set([roundest, middle])].filter((fit) => fit !== undefined)
}

function mostCommon(slopes: readonly Span[]): { low: number; high: number; explained: number } {
  let best = { low: 0, high: 0, explained: 0 }
  for (const [at] of slopes) {
    const holding = slopes.filter(([low, high]) => low <= at && at <= high)
    if (holding.length <= best.explained) continue
    const low = Math.max(...holding.map(([from]) => from))
    const high = Math.min(...holding.map(([, to]) => to))
    best = { low, high, explained: holding.length }
  }
  return best
}

type Span = readonly [number, number]

function lineOf({ turns, acceptedFromUs, acceptedToUs, beforeBurst }: Stream): Line {
  // What was taken before has flowed in again.
  const startFrom = acceptedFromUs[beforeBurst] ?? 0
  const startTo = acceptedToUs[beforeBurst] ?? 0
  const step = Math.max(1, Math.floor(turns.length / mostTurns))
  const chosen = turns.filter((_, k) => k % step === 0 || k === turns.length - 1)
  return {
    letThrough: chosen.map(({ firstRefused, opened }) => {
      // The last that was surely let through before it refused.
      const count = Math.max(1, countUpTo(acceptedToUs, firstRefused[1]))
      const at = Math.max(opened[1], acceptedToUs[count - 1] as number)
      return { afterUs: at - startFrom, count: countUpTo(acceptedToUs, at) - beforeBurst }
    }),
    refused: chosen.flatMap(({ firstRefused, lastRefused }) =>
      [firstRefused, lastRefused].map(([from, to]) => ({
        afterUs: from - startTo,
        count: countUpTo(acceptedFromUs, to) - beforeBurst,
      })),
    ),
  }
}

/** The slopes, in tokens a microsecond, with which a bucket of so many tokens explains a line. */
function slopesOf({ letThrough, refused }: Line, limit: number): Span {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  for (const { afterUs, count } of letThrough) {
    if (count > limit) low = Math.max(low, (count - limit) / Math.max(1, afterUs))
  }
  for (const { afterUs, count } of refused) {
    if (count + 1 <= limit) return [1, 0]
    if (afterUs > 0) high = Math.min(high, (count + 1 - limit) / afterUs)
  }
  return [low, high]
}
