import { type History, Outcome } from '../../history/history.ts'
import { isBucket } from '../../spec/bucket.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from './bounds.ts'
import { bucketRoom } from './bucket-room.ts'
import type { Cell } from './cell.ts'
import { firstAbove } from './search.ts'
import { tallyOf } from './tally.ts'

/** What can be said about the room in one limiter before any model is tried. */
export interface Room {
  /**
   * Whether it surely had room for the request of this row: everything that can possibly count
   * together, under any rule that the spec allows, stays under the limit.
   */
  byCounting(row: number, limit: number, windowUs: number): boolean
  /**
   * Whether a sliding log surely had room, since it let through a request later and nothing that
   * it may have logged can have expired in between.
   */
  byLaterAdmission(row: number, windowUs: number): boolean
}

/** Works out what can be said about the room in one limiter, under the rules that its limit may follow. */
export function roomOf(history: History, bounds: DecisionBounds, cell: Cell, limit: Limit): Room {
  const { loUs, hiUs } = bounds
  const windowed = limit.algorithm.filter((algorithm) => !isBucket(algorithm))
  // A sliding counter looks back on the previous window as well.
  const lookback = windowed.includes('sliding-counter') ? 2 : 1
  const refusedMayCount = limit.limitedRequests !== 'free' || limit.chargedWhenRefused !== 'free'
  const hidden = !limit.startsEmpty || limit.foreignTraffic === 'possible'
  const users = refusedMayCount
    ? cell.rows
    : cell.rows.filter((row) => history.outcome[row] !== Outcome.limited)
  const tally = tallyOf(users, loUs, hiUs, history.cost)
  const hasBuckets = windowed.length < limit.algorithm.length
  const uses = { users, tally, bounds, cost: history.cost, mayOwe: refusedMayCount }
  const bucketHasRoom = hasBuckets ? bucketRoom(uses, limit) : () => true
  const admissions = cell.rows
    .filter((row) => history.outcome[row] === Outcome.accepted)
    .sort((a, b) => (loUs[a] as number) - (loUs[b] as number))
  const admissionLo = Float64Array.from(admissions, (row) => loUs[row] as number)
  /** From each admission on, the one that surely ends first. */
  const earliestEnd = new Uint32Array(admissions.length)
  for (let a = admissions.length - 1; a >= 0; a--) {
    const here = admissions[a] as number
    const next = earliestEnd[a + 1]
    earliestEnd[a] = next !== undefined && (hiUs[next] as number) <= (hiUs[here] as number) ? next : here
  }
  return {
    byCounting(row, atMost, windowUs) {
      if (hidden) return false
      const cost = history.cost[row] as number
      const itself = history.outcome[row] === Outcome.limited && refusedMayCount ? cost : 0
      if (!bucketHasRoom(row, itself, atMost, windowUs)) return false
      if (windowed.length === 0) return true
      const fromUs = (loUs[row] as number) - lookback * windowUs
      return tally.possiblyWithin(fromUs + 1, hiUs[row] as number) - itself + cost <= atMost
    },
    byLaterAdmission(row, windowUs) {
      if (hidden) return false
      const later = earliestEnd[firstAbove(admissionLo, hiUs[row] as number)]
      if (later === undefined || (history.cost[later] as number) < (history.cost[row] as number)) return false
      return tally.possiblyWithin((loUs[row] as number) - windowUs, (hiUs[later] as number) - windowUs) === 0
    },
  }
}
