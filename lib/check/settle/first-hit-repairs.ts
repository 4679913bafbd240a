import type { Limiter, User } from './settle.ts'
import { pullIn, type WindowSettled } from './settle-window.ts'
import type { UsersByPlace } from './user-line.ts'

/** A window that has been put right: where its users begin, when it starts with the first of them, and who is in it. */
export interface Done {
  readonly from: number
  readonly startUs: number
  readonly inside: readonly User[]
}

/**
 * Moves users of the window before one that has too few, or that refuses too early, or holds too many: some
 * of them into it, or all of them to a later start, so that the refusal, or what is too much, falls there. @returns the window to go on with.
 */
export function repairBefore(
  limiter: Limiter,
  done: readonly Done[],
  current: readonly User[],
  startUs: number,
  { settled, missingUnits, earliestRefusal, excess, mostStartUs }: WindowSettled,
  atUs: Float64Array,
): number | undefined {
  const last = done.length - 1
  const before = done[last]
  if (!before) return undefined
  const { evidence, hypothesis } = limiter
  if (settled !== 'impossible') {
    const startsUs = [startUs, openingUs(before.inside, missingUnits, hypothesis.windowUs)]
    if (startsUs.some((us) => us !== undefined && pullIn(before.inside, us, missingUnits, atUs))) return last
  }
  if (excess) return takeBefore(limiter, done, excess, atUs)
  const earlier =
    mostStartUs === undefined ? undefined : startEarlier(limiter, done, current, mostStartUs, atUs)
  if (earlier !== undefined) return earlier
  if (earliestRefusal === undefined) return undefined
  const fromUs = (evidence.loUs[earliestRefusal] as number) - hypothesis.windowUs + 1
  return startLater(limiter, done, last, fromUs, atUs)
}

/**
 * Makes the last of the windows that are done start as late as it has to for so many units more of what comes
 * after it. @returns the first window that this touches, or `undefined` where it cannot be done.
 */
export function reachFurther(
  limiter: Limiter,
  done: readonly Done[],
  lackingUnits: number,
  users: UsersByPlace,
  next: number,
  atUs: Float64Array,
): number | undefined {
  let units = 0
  for (let k = next; k < users.length; k++) {
    const user = users.at(k) as User
    units += user.cost
    if (units < lackingUnits) continue
    return startLater(limiter, done, done.length - 1, user.atUs - limiter.hypothesis.windowUs + 1, atUs)
  }
  return undefined
}

/**
 * The latest instant from the end of a window on at which so many units of it can open the next one instead;
 * `undefined` where so many cannot.
 */
function openingUs(
  [opener, ...others]: readonly User[],
  units: number,
  windowUs: number,
): number | undefined {
  const endUs = (opener?.atUs ?? Number.POSITIVE_INFINITY) + windowUs
  let lackingUnits = units
  for (const { hiUs, cost } of others.sort((a, b) => b.hiUs - a.hiUs)) {
    if (hiUs < endUs) return undefined
    lackingUnits -= cost
    if (lackingUnits <= 0) return hiUs
  }
  return undefined
}

/**
 * Has users of a window decided in the one before, which then must not end before they can be. @returns the
 * window to go on with, or `undefined` where it cannot be done: then nobody was moved.
 */
function takeBefore(
  limiter: Limiter,
  done: readonly Done[],
  users: readonly User[],
  atUs: Float64Array,
): number | undefined {
  const last = done.length - 1
  const loOf = ({ i }: User) => limiter.evidence.loUs[i] as number
  const fromUs =
    users.reduce((us, user) => Math.max(us, loOf(user)), Number.NEGATIVE_INFINITY) +
    1 -
    limiter.hypothesis.windowUs
  const isOpen = (done[last] as Done).startUs >= fromUs
  const again = isOpen ? last : startLater(limiter, done, last, fromUs, atUs)
  if (again === undefined || (isOpen && users.every((user) => user.atUs === loOf(user)))) return undefined
  for (const user of users) move(user, loOf(user), atUs)
  return again
}

export function unitsOf(users: readonly User[]): number {
  return users.reduce((units, { cost }) => units + cost, 0)
}

/**
 * Makes the window after those that are done start by an instant: opens it, or where it cannot be that early
 * one before it, with a user of the last one who can be decided when that has ended. @returns the first window
 * that this touches, or `undefined` where it cannot be done: then nobody was moved.
 */
function startEarlier(
  { evidence, hypothesis: { windowUs } }: Limiter,
  done: readonly Done[],
  current: readonly User[],
  byUs: number,
  atUs: Float64Array,
): number | undefined {
  for (let at = done.length - 1; at >= 0; at--) {
    const window = done[at] as Done
    const endUs = window.startUs + windowUs
    const latestUs = byUs - (done.length - 1 - at) * windowUs
    if (endUs > latestUs) continue
    let next: User | undefined
    const [, ...others] = window.inside
    for (const user of others) if (user.hiUs >= (next?.hiUs ?? endUs)) next = user
    if (!next) {
      // Somebody who was moved into the window that starts too late, and need not have been moved so far.
      const soonUs = (user: User) => Math.max(evidence.loUs[user.i] as number, endUs)
      const early = (done[at + 1]?.inside ?? current).find(
        (user) => user.atUs > latestUs && soonUs(user) <= latestUs,
      )
      if (!early) return undefined
      move(early, soonUs(early), atUs)
      return at
    }
    // No earlier than it has to be: so fewer others have to follow.
    move(next, Math.min(next.hiUs, latestUs), atUs)
    return at
  }
  return undefined
}

/**
 * Makes a window start at an instant or later. Users of it that cannot come so late have to have come in the
 * window before, which then must end later, and so on. @returns the first window that this touches, or
 * `undefined` where it cannot be done: then nobody was moved.
 */
export function startLater(
  limiter: Limiter,
  done: readonly Done[],
  at: number,
  fromUs: number,
  atUs: Float64Array,
): number | undefined {
  const { inside } = done[at] as Done
  const early = inside.filter((user) => user.atUs < fromUs)
  if (early.length === 0) return undefined
  const stuck = early.filter((user) => user.hiUs < fromUs)
  let first: number | undefined = at
  if (stuck.length > 0) {
    if (at === 0) return undefined
    const loOf = ({ i }: User) => limiter.evidence.loUs[i] as number
    const latestUs = stuck.reduce((latest, user) => Math.max(latest, loOf(user)), Number.NEGATIVE_INFINITY)
    const { windowUs, limit } = limiter.hypothesis
    const before = done[at - 1] as Done
    // Who then is too many there opens this one when that one ends: not before it may start.
    const isTooMany = unitsOf(before.inside) + unitsOf(stuck) > limit
    const neededUs = Math.max(latestUs + 1, isTooMany ? fromUs : latestUs + 1) - windowUs
    first = before.startUs >= neededUs ? at - 1 : startLater(limiter, done, at - 1, neededUs, atUs)
    if (first === undefined) return undefined
    for (const user of stuck) move(user, loOf(user), atUs)
  }
  for (const user of early) if (user.hiUs >= fromUs) move(user, fromUs, atUs)
  return first
}

function move(user: User, us: number, atUs: Float64Array): void {
  user.atUs = us
  atUs[user.row] = us
}
