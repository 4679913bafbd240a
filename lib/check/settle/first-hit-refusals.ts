import { firstAtLeastOf } from '../evidence/search.ts'
import type { Limiter, User } from './settle.ts'
import { type Refusals, takeBack, wasMovedAfter } from './settle-window.ts'
import type { UsersByPlace } from './user-line.ts'

/** When the window that starts with one of the users begins to refuse, or else ends. */
function nextFullUs({ evidence, hypothesis }: Limiter, users: UsersByPlace, first: number): number {
  const startUs = users.at(first)?.atUs ?? Number.POSITIVE_INFINITY
  // With unequal costs a costly request is refused before the window is full.
  if (evidence.unitCost === undefined) return startUs
  const filling = Math.floor(hypothesis.limit / evidence.unitCost) - 1
  return Math.min(users.at(first + filling)?.atUs ?? Number.POSITIVE_INFINITY, startUs + hypothesis.windowUs)
}

/**
 * How many units a window that is not full lacks for a refusal that begins before its end, and is over
 * after that but before the next one refuses; 0 where there is none.
 * @param insideUnits units that are counted in it.
 * @param next the place of the user with whom the next window starts.
 */
export function lackingAtEnd(
  limiter: Limiter,
  { indices, longestUs }: Refusals,
  endUs: number,
  insideUnits: number,
  users: UsersByPlace,
  next: number,
): number {
  const { evidence, hypothesis } = limiter
  const roomUnits = hypothesis.limit - insideUnits
  if (roomUnits <= 0) return 0
  const fullUs = nextFullUs(limiter, users, next)
  let lacking = 0
  for (let k = firstAtLeastOf(evidence.loUs, indices, endUs) - 1; k >= 0; k--) {
    const i = indices[k] as number
    if ((evidence.loUs[i] as number) < endUs - longestUs) break
    const hi = evidence.hiUs[i] as number
    if (hi >= endUs && hi < fullUs) lacking = Math.max(lacking, roomUnits + 1 - (evidence.cost[i] as number))
  }
  return lacking
}

/**
 * Keeps so many more units in a window: of those who were moved over its end and could have come before, for
 * good. @returns whether there are so many; otherwise nobody is moved.
 */
export function keepMore(
  limiter: Limiter,
  lackingUnits: number,
  startUs: number,
  endUs: number,
  users: UsersByPlace,
  next: number,
  atUs: Float64Array,
): boolean {
  const kept: User[] = []
  let units = 0
  for (let k = next; k < users.length && units < lackingUnits; k++) {
    const user = users.at(k) as User
    if (user.atUs >= endUs + limiter.hypothesis.windowUs) break
    if (!wasMovedAfter(limiter, user, endUs - 1)) continue
    kept.push(user)
    units += user.cost
  }
  if (units < lackingUnits) return false
  for (const user of kept) {
    takeBack(limiter, user, endUs - 1, atUs)
    atUs[user.row] = Math.max(atUs[user.row] as number, startUs)
  }
  return true
}

/**
 * The lower bound of the latest refusal that begins between a window's end and the next one's start, and is
 * over before that one refuses.
 * @param next the place of the user with whom the next window starts.
 */
export function refusalAfterEnd(
  limiter: Limiter,
  { indices }: Refusals,
  endUs: number,
  users: UsersByPlace,
  next: number,
): number | undefined {
  const startUs = users.at(next)?.atUs ?? Number.POSITIVE_INFINITY
  const fullUs = nextFullUs(limiter, users, next)
  let latest: number | undefined
  const { loUs, hiUs } = limiter.evidence
  for (let k = firstAtLeastOf(loUs, indices, endUs); k < indices.length; k++) {
    const i = indices[k] as number
    if ((loUs[i] as number) >= startUs) break
    if ((hiUs[i] as number) < fullUs) latest = loUs[i]
  }
  return latest
}
