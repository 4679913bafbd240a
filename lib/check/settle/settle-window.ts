import type { Evidence } from '../evidence/evidence.ts'
import { firstAbove, firstAtLeastOf } from '../evidence/search.ts'
import type { Sums } from '../evidence/sums.ts'
import { type Limiter, requiredRefusals, type Settled, type User } from './settle.ts'

/** The refusals that a limiter has to make, by where they start. */
export interface Refusals {
  /** Indices into the evidence, ascending by lower bound. */
  indices: Uint32Array
  /** How long the longest of them can have been under way. */
  longestUs: number
}

/** Worked out once for all rounds of settling. */
const known = new WeakMap<Evidence, Refusals>()

export function refusalsOf(limiter: Limiter): Refusals {
  const { evidence } = limiter
  let refusals = known.get(evidence)
  if (!refusals) {
    const indices = requiredRefusals(limiter)
    let longestUs = 0
    for (const i of indices)
      longestUs = Math.max(longestUs, (evidence.hiUs[i] as number) - (evidence.loUs[i] as number))
    refusals = { indices, longestUs }
    known.set(evidence, refusals)
  }
  return refusals
}

/** The refusals of a window [startUs, endUs) that can only lie in it, and the one that has to be over first. */
export function refusedWithin(
  { loUs, hiUs }: Evidence,
  { indices }: Refusals,
  startUs: number,
  endUs: number,
) {
  const refused: number[] = []
  let firstEndUs = Number.POSITIVE_INFINITY
  let earliest: number | undefined
  for (let k = firstAtLeastOf(loUs, indices, startUs); k < indices.length; k++) {
    const i = indices[k] as number
    if ((loUs[i] as number) >= endUs) break
    const hi = hiUs[i] as number
    if (hi >= endUs) continue
    refused.push(i)
    if (hi < firstEndUs) {
      firstEndUs = hi
      earliest = i
    }
  }
  return { refused, firstEndUs, earliest }
}

/**
 * Surely nothing is left to do in a window: not too much is used, all of it before the first refusal has to
 * be over, and that is enough for every refusal.
 */
export function isMet(
  evidence: Evidence,
  refusals: Refusals,
  startUs: number,
  endUs: number,
  limit: number,
  used: number,
  lastUseUs: number | undefined,
): boolean {
  const { unitCost } = evidence
  if (unitCost === undefined || used > limit) return false
  const { refused, firstEndUs } = refusedWithin(evidence, refusals, startUs, endUs)
  return refused.length === 0 || ((lastUseUs ?? firstEndUs) <= firstEndUs && used + unitCost > limit)
}

/** What became of a window: those left in it, and those who were moved over its end. */
export interface WindowSettled {
  /** `taken-back`: some are where another limiter moved them, and now have to be decided before. */
  settled: Settled | 'taken-back'
  inside: readonly User[]
  pushedOut: User[]
  /** So many units more have to be counted in it, from before its start. */
  missingUnits: number
  /** Index into the evidence of the refusal in it that has to be over first. */
  earliestRefusal: number | undefined
  /** Where more was let through than the limit: those who could have come before it first, as many as are too many. */
  excess?: readonly User[]
  /** Where somebody comes after a refusal that is over: the latest start with which they are in the next window. */
  mostStartUs?: number
}

/**
 * Users of a window that it counts and otherwise leaves where they are, as most of a long one: they can only
 * lie in it, none of them comes after a refusal that is over, and up to the last of them not too much is used.
 */
export interface Head {
  /** When each of them is decided, ascending. */
  times: Float64Array
  /** Units that are used by users in their order, and the place of the first of these. */
  units: Sums
  from: number
  /** All users of the window with these among them, in order. */
  whole(): User[]
}

/**
 * Meets the demands on one window [startUs, endUs): no more let through than the limit, nothing after
 * the first refusal has to be over, and for each refusal that can only lie here the limit used up by
 * its upper bound. Where that takes fewer, the latest that can are moved to the window's end.
 * @param users those now decided in the window, in order. Their instants are changed, in `atUs` too.
 * @param head more of them, which come after the first `carried` of the users.
 */
export function settleWindow(
  limiter: Limiter,
  atUs: Float64Array,
  startUs: number,
  endUs: number,
  users: readonly User[],
  refusals: Refusals,
  head?: Head,
  carried = 0,
): WindowSettled {
  const { limit } = limiter.hypothesis
  const { evidence } = limiter
  const { refused, firstEndUs, earliest: earliestRefusal } = refusedWithin(evidence, refusals, startUs, endUs)
  const impossible: WindowSettled = {
    settled: 'impossible',
    inside: [],
    pushedOut: [],
    missingUnits: 0,
    earliestRefusal,
  }
  const out = new Set<User>()
  const back = new Set<User>()
  const movable: User[] = []
  /** Those that were moved into this window. */
  const arrived: User[] = []
  let units = 0
  for (let k = 0; k < users.length; k++) {
    const user = users[k] as User
    if (head && k === carried) units += unitsUpTo(head, Number.POSITIVE_INFINITY)
    units += user.cost
    if (user.hiUs >= endUs) movable.push(user)
    if (!user.admitted) continue
    // Only this one itself can be out of the way of a refusal; for the count any of them will do.
    if (user.atUs > firstEndUs) {
      units -= user.cost
      if (user.hiUs >= endUs) {
        movable.pop()
        out.add(user)
      } else if (wasMovedAfter(limiter, user, firstEndUs)) {
        takeBack(limiter, user, firstEndUs, atUs)
        back.add(user)
        continue
      } else return { ...impossible, mostStartUs: startUs - (endUs - user.hiUs) }
    }
    if (user.hiUs < endUs && wasMovedAfter(limiter, user, startUs - 1)) arrived.push(user)
    while (units > limit) {
      const moved = movable.pop()
      const earlier = moved ?? arrived.pop()
      if (!earlier) return { ...impossible, excess: excessOf(limiter, head?.whole() ?? users, endUs) }
      if (moved) out.add(moved)
      else {
        takeBack(limiter, earlier, startUs - 1, atUs)
        back.add(earlier)
      }
      units -= earlier.cost
    }
  }
  if (back.size > 0) {
    const inside = users.filter((user) => !back.has(user))
    return { settled: 'taken-back', inside, pushedOut: [], missingUnits: 0, earliestRefusal }
  }
  const inside = out.size === 0 ? users : users.filter((user) => !out.has(user))
  for (const user of out) {
    user.atUs = endUs
    atUs[user.row] = endUs
  }
  const missingUnits = missing(limiter, inside, refused, head)
  const settled = out.size > 0 ? 'changed' : 'unchanged'
  return { settled, inside, pushedOut: [...out], missingUnits, earliestRefusal }
}

/** Of those who cannot be decided after a window's end, which are too many: the ones that can be decided first. */
function excessOf(
  { evidence: { loUs }, hypothesis }: Limiter,
  users: readonly User[],
  endUs: number,
): User[] {
  const bound = users.filter(({ hiUs }) => hiUs < endUs)
  bound.sort((a, b) => (loUs[a.i] as number) - (loUs[b.i] as number))
  let units = bound.reduce((sum, { cost }) => sum + cost, -hypothesis.limit)
  const excess: User[] = []
  for (const user of bound) {
    if (units <= 0) break
    excess.push(user)
    units -= user.cost
  }
  return excess
}

/** Was a user that could be decided up to an instant moved to after it, with several limiters at work? */
export function wasMovedAfter({ evidence, latestUs }: Limiter, { i, atUs }: User, us: number): boolean {
  return latestUs !== undefined && atUs > us && (evidence.loUs[i] as number) <= us
}

/** Has a user decided by an instant for good, from its earliest on. */
export function takeBack(
  { evidence, latestUs }: Limiter,
  { i, row }: User,
  byUs: number,
  atUs: Float64Array,
): void {
  if (latestUs) latestUs[row] = byUs
  atUs[row] = evidence.loUs[i] as number
}

/** Units that a head uses up to an instant. */
function unitsUpTo({ times, units, from }: Head, us: number): number {
  return units.before(from + firstAbove(times, us)) - units.before(from)
}

/** How many units short of the limit the hardest refusal of a window is. */
function missing(
  limiter: Limiter,
  inside: readonly User[],
  refused: readonly number[],
  head: Head | undefined,
): number {
  if (refused.length === 0) return 0
  const { limit } = limiter.hypothesis
  const { hiUs, cost } = limiter.evidence
  const times = new Float64Array(inside.length)
  const units = new Float64Array(inside.length + 1)
  for (let k = 0; k < inside.length; k++) {
    const user = inside[k] as User
    times[k] = user.atUs
    units[k + 1] = (units[k] as number) + user.cost
  }
  let most = 0
  for (const i of refused) {
    const us = hiUs[i] as number
    const counted = (units[firstAbove(times, us)] as number) + (head ? unitsUpTo(head, us) : 0)
    most = Math.max(most, limit + 1 - counted - (cost[i] as number))
  }
  return most
}

/**
 * Moves users before a window that can be in it to its start, as many as are missing: those first that can
 * come latest, which leaves the most room for what follows.
 * @returns those moved, or `undefined` where there are too few.
 */
export function pullIn(
  before: readonly User[],
  startUs: number,
  missingUnits: number,
  atUs: Float64Array,
): User[] | undefined {
  const able = before.filter(({ hiUs }) => hiUs >= startUs).sort((a, b) => b.hiUs - a.hiUs)
  const moved: User[] = []
  let units = 0
  for (const user of able) {
    if (units >= missingUnits) break
    moved.push(user)
    units += user.cost
  }
  if (units < missingUnits) return undefined
  for (const user of moved) {
    user.atUs = startUs
    atUs[user.row] = startUs
  }
  return moved
}
