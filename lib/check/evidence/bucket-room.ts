import type { Costs } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from './bounds.ts'
import { Ends } from './ends.ts'
import { sortBy } from './sorted-by.ts'
import type { Tally } from './tally.ts'

/** What uses a bucket up, and when. */
interface Uses {
  /** Rows of the history, those that may count. */
  users: ArrayLike<number>
  tally: Tally
  bounds: Pick<DecisionBounds, 'loUs' | 'hiUs'>
  cost: Costs
  /** Refused requests may count, so that it may owe more than it holds. */
  mayOwe: boolean
}

/** Asks are mostly about the spec's numbers and those of one neighbour at a time. */
const mostRemembered = 2

/**
 * Whether a bucket, refilled all the time or at intervals, surely had room for the request of a row.
 *
 * What it lacks at an instant is the most, over all instants before, of what was counted since then less what has
 * flowed in since then. Counted as late as may be, that is a leaky bucket of those that surely came before the
 * request, and all of those that may have come at the same time on top. One that is refilled at intervals lacks one
 * refill more at most. Whole numbers throughout: a microsecond brings `atMost` parts, a unit takes `windowUs`.
 */
export function bucketRoom(
  { users, tally, bounds, cost, mayOwe }: Uses,
  limit: Limit,
): (row: number, itself: number, atMost: number, windowUs: number) => boolean {
  const { loUs, hiUs } = bounds
  const byEnd = sortBy(Uint32Array.from(users), hiUs)
  const ends = new Ends(hiUs, byEnd)
  const levelsOf = (atMost: number, windowUs: number): Float64Array => {
    const levels = new Float64Array(byEnd.length)
    const most = mayOwe ? Number.POSITIVE_INFINITY : atMost * windowUs
    let level = 0
    let lastUs = 0
    for (let k = 0; k < byEnd.length; k++) {
      const us = ends.at(k)
      const units = cost[byEnd[k] as number] as number
      level = Math.min(most, Math.max(0, level - (us - lastUs) * atMost) + units * windowUs)
      levels[k] = level
      lastUs = us
    }
    return levels
  }
  const known: { atMost: number; windowUs: number; levels: Float64Array }[] = []
  const levelsFor = (atMost: number, windowUs: number): Float64Array => {
    const found = known.find((one) => one.atMost === atMost && one.windowUs === windowUs)
    if (found) return found.levels
    const levels = levelsOf(atMost, windowUs)
    if (known.length === mostRemembered) known.pop()
    known.unshift({ atMost, windowUs, levels })
    return levels
  }
  const tickMs = limit.algorithm.includes('token-bucket') ? (limit.refillEvery ?? 0) : 0
  return (row, itself, atMost, windowUs) => {
    const lo = loUs[row] as number
    const before = ends.firstAtLeast(lo)
    const beside = tally.possiblyWithin(lo, hiUs[row] as number) - itself
    let left = 0
    if (before > 0) {
      const level = levelsFor(atMost, windowUs)[before - 1] as number
      // What one refill brings stays the same with other windows; what rounding them may add is in it.
      const refill = tickMs === 0 ? 0 : atMost * (Math.ceil((tickMs * windowUs) / limit.window) + 1)
      left = Math.max(0, level + refill - (lo - ends.at(before - 1)) * atMost)
    }
    const own = cost[row] as number
    const lacks = left + beside * windowUs
    const fits = atMost * windowUs
    // Beyond whole numbers that doubles hold exactly, what is close is not decided here.
    const margin = Number.isSafeInteger(lacks + fits) ? 0 : windowUs / 1_000
    return lacks + own * windowUs + margin <= fits
  }
}
