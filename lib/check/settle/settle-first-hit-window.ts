import { firstAtLeast } from '../evidence/search.ts'
import { inOrder, type Limiter, type Settled, type User, usersInOrder } from './settle.ts'
import { pullIn, type Refusals, refusalsOf, settleWindow, type WindowSettled } from './settle-window.ts'

/** How often windows may be gone through again, on average, before that is left to the next round. */
const mostRepeats = 8

/** How often one window may be put right: what two windows cannot both have is not found by going on. */
const mostRepairs = 32

/** A window that has been put right: where its users begin, and who is in it. */
interface Done {
  from: number
  inside: readonly User[]
}

/**
 * Meets the demands of a first-hit window, each window starting at its first user. A window that can only
 * be put right by moving users of it, or of those before, is gone through again from there: what came
 * earlier is not touched by that.
 */
export function settleFirstHitWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const refusals = refusalsOf(limiter)
  const users = usersInOrder(limiter, atUs)
  const done: Done[] = []
  let from = 0
  let changed = false
  let steps = 0
  const repairs = new Map<number, number>()
  while (from < users.length) {
    if (++steps > mostRepeats * (done.length + 100)) return 'changed'
    const startUs = (users[from] as User).atUs
    const endUs = startUs + windowUs
    let to = from
    while (to < users.length && (users[to] as User).atUs < endUs) to++
    const inside = users.slice(from, to)
    let again: number | undefined
    const settled = settleWindow(limiter, atUs, startUs, endUs, inside, refusals)
    if (settled.settled === 'taken-back') return 'changed'
    if (settled.settled === 'impossible' || settled.missingUnits > 0) {
      const repaired = (repairs.get(done.length) ?? 0) + 1
      repairs.set(done.length, repaired)
      if (repaired > mostRepairs) return 'impossible'
      again = repairBefore(limiter, done, startUs, settled, atUs)
      if (again === undefined) return 'impossible'
    } else {
      if (settled.settled === 'changed') {
        changed = true
        sortWithin(users, from, to)
      }
      done.push({ from, inside: settled.inside })
      const next = from + settled.inside.length
      const late = refusalAfterEnd(limiter, refusals, endUs, users, next)
      if (late === undefined) from = next
      else {
        // The window must still be open when it refuses: start it later.
        again = startLater(limiter, done, done.length - 1, late - windowUs + 1, atUs)
        if (again === undefined) return 'impossible'
      }
    }
    if (again === undefined) continue
    changed = true
    from = (done[again] as Done).from
    done.length = again
    sortWithin(users, from, to)
  }
  return changed ? 'changed' : 'unchanged'
}

/**
 * Moves users of the window before one that has too few, or that refuses too early, or holds too many: some
 * of them into it, or all of them to a later start, so that the refusal, or what is too much, falls there. @returns the window to go on with.
 */
function repairBefore(
  limiter: Limiter,
  done: readonly Done[],
  startUs: number,
  { settled, missingUnits, earliestRefusal, leastStartUs, mostStartUs }: WindowSettled,
  atUs: Float64Array,
): number | undefined {
  const last = done.length - 1
  const before = done[last]
  if (!before) return undefined
  if (settled !== 'impossible' && pullIn(before.inside, startUs, missingUnits, atUs)) return last
  const { evidence, hypothesis } = limiter
  if (leastStartUs !== undefined) {
    return startLater(limiter, done, last, leastStartUs - hypothesis.windowUs, atUs)
  }
  const earlier = mostStartUs === undefined ? undefined : startEarlier(limiter, done, mostStartUs, atUs)
  if (earlier !== undefined) return earlier
  if (earliestRefusal === undefined) return undefined
  const fromUs = (evidence.loUs[earliestRefusal] as number) - hypothesis.windowUs + 1
  return startLater(limiter, done, last, fromUs, atUs)
}

/**
 * Makes the window after those that are done start by an instant: opens it, or where it cannot be that early
 * one before it, with a user of the last one who can be decided when that has ended. @returns the first window
 * that this touches, or `undefined` where it cannot be done: then nobody was moved.
 */
function startEarlier(
  { hypothesis: { windowUs } }: Limiter,
  done: readonly Done[],
  byUs: number,
  atUs: Float64Array,
): number | undefined {
  for (let at = done.length - 1; at >= 0; at--) {
    const { inside } = done[at] as Done
    const [opener] = inside
    const endUs = (opener?.atUs ?? Number.POSITIVE_INFINITY) + windowUs
    const latestUs = byUs - (done.length - 1 - at) * windowUs
    if (endUs > latestUs) continue
    let next: User | undefined
    for (const user of inside) if (user !== opener && user.hiUs >= (next?.hiUs ?? endUs)) next = user
    if (!next) return undefined
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
function startLater(
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
    const neededUs = latestUs - limiter.hypothesis.windowUs + 1
    const [opener] = (done[at - 1] as Done).inside
    const openLongEnough = opener !== undefined && opener.atUs >= neededUs
    first = openLongEnough ? at - 1 : startLater(limiter, done, at - 1, neededUs, atUs)
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

/** Puts the users from one place to another, the only ones that were moved, in order again. */
function sortWithin(users: User[], from: number, to: number): void {
  const sorted = inOrder(users.slice(from, to))
  for (let k = 0; k < sorted.length; k++) users[from + k] = sorted[k] as User
}

/** When the window that starts with one of the users begins to refuse, or else ends. */
function nextFullUs({ evidence, hypothesis }: Limiter, users: readonly User[], first: number): number {
  const startUs = users[first]?.atUs ?? Number.POSITIVE_INFINITY
  // With unequal costs a costly request is refused before the window is full.
  if (evidence.unitCost === undefined) return startUs
  const filling = Math.floor(hypothesis.limit / evidence.unitCost) - 1
  return Math.min(users[first + filling]?.atUs ?? Number.POSITIVE_INFINITY, startUs + hypothesis.windowUs)
}

/**
 * The lower bound of the latest refusal that begins between a window's end and the next one's start, and is
 * over before that one refuses.
 * @param next the place of the user with whom the next window starts.
 */
function refusalAfterEnd(
  limiter: Limiter,
  { indices, loUs }: Refusals,
  endUs: number,
  users: readonly User[],
  next: number,
): number | undefined {
  const startUs = users[next]?.atUs ?? Number.POSITIVE_INFINITY
  const fullUs = nextFullUs(limiter, users, next)
  let latest: number | undefined
  for (let k = firstAtLeast(loUs, endUs); k < indices.length && (loUs[k] as number) < startUs; k++) {
    if ((limiter.evidence.hiUs[indices[k] as number] as number) < fullUs) latest = loUs[k]
  }
  return latest
}
