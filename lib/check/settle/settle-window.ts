import { type Evidence, valuesAt } from '../evidence/evidence.ts'
import { firstAbove, firstAtLeast } from '../evidence/search.ts'
import { type Limiter, requiredRefusals, type Settled, type User } from './settle.ts'

/** The refusals that a limiter has to make, by where they start. */
export interface Refusals {
  /** Indices into the evidence, ascending by lower bound. */
  indices: Uint32Array
  loUs: Float64Array
}

/** Worked out once for all rounds of settling. */
const known = new WeakMap<Evidence, Refusals>()

export function refusalsOf(limiter: Limiter): Refusals {
  const { evidence } = limiter
  let refusals = known.get(evidence)
  if (!refusals) {
    const indices = requiredRefusals(limiter)
    refusals = { indices, loUs: valuesAt(evidence.loUs, indices) }
    known.set(evidence, refusals)
  }
  return refusals
}

/** The refusals of a window [startUs, endUs) that can only lie in it, and the one that has to be over first. */
export function refusedWithin(
  { hiUs }: Evidence,
  { indices, loUs }: Refusals,
  startUs: number,
  endUs: number,
) {
  const refused: number[] = []
  let firstEndUs = Number.POSITIVE_INFINITY
  let earliest: number | undefined
  for (let k = firstAtLeast(loUs, startUs); k < indices.length && (loUs[k] as number) < endUs; k++) {
    const i = indices[k] as number
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

/** What became of a window: those left in it, and those who were moved over its end. */
export interface WindowSettled {
  settled: Settled
  inside: readonly User[]
  pushedOut: User[]
  /** So many units more have to be counted in it, from before its start. */
  missingUnits: number
  /** Index into the evidence of the refusal in it that has to be over first. */
  earliestRefusal: number | undefined
}

/**
 * Meets the demands on one window [startUs, endUs): no more let through than the limit, nothing after
 * the first refusal has to be over, and for each refusal that can only lie here the limit used up by
 * its upper bound. Where that takes fewer, the latest that can are moved to the window's end.
 * @param users those now decided in the window, in order. Their instants are changed, in `atUs` too.
 */
export function settleWindow(
  limiter: Limiter,
  atUs: Float64Array,
  startUs: number,
  endUs: number,
  users: readonly User[],
  refusals: Refusals,
): WindowSettled {
  const { limit } = limiter.hypothesis
  const { evidence } = limiter
  const { refused, firstEndUs, earliest: earliestRefusal } = refusedWithin(evidence, refusals, startUs, endUs)
  const out = new Set<User>()
  const movable: User[] = []
  let units = 0
  for (const user of users) {
    units += user.cost
    if (user.hiUs >= endUs) movable.push(user)
    if (!user.admitted) continue
    // Only this one itself can be out of the way of a refusal; for the count any of them will do.
    if (user.atUs > firstEndUs) {
      if (user.hiUs < endUs)
        return { settled: 'impossible', inside: [], pushedOut: [], missingUnits: 0, earliestRefusal }
      movable.pop()
      out.add(user)
      units -= user.cost
    }
    while (units > limit) {
      const moved = movable.pop()
      if (!moved)
        return { settled: 'impossible', inside: [], pushedOut: [], missingUnits: 0, earliestRefusal }
      out.add(moved)
      units -= moved.cost
    }
  }
  const inside = out.size === 0 ? users : users.filter((user) => !out.has(user))
  for (const user of out) {
    user.atUs = endUs
    atUs[user.row] = endUs
  }
  const missingUnits = missing(limiter, inside, refused)
  const settled = out.size > 0 ? 'changed' : 'unchanged'
  return { settled, inside, pushedOut: [...out], missingUnits, earliestRefusal }
}

/** How many units short of the limit the hardest refusal of a window is. */
function missing(limiter: Limiter, inside: readonly User[], refused: readonly number[]): number {
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
    const counted = units[firstAbove(times, hiUs[i] as number)] as number
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
