import { giveBack } from '../evidence/give-back.ts'
import { firstAbove } from '../evidence/search.ts'
import { deadlineUs, type Limiter, type Settled, type Timed } from './settle.ts'

/**
 * Places are gone through again so often, on average and beside a few, before the rest is left to the next round. Those
 * that wait then are gone through as well, and count as much.
 */
const mostRepeats = 20
const someRepeats = 10_000

/**
 * The earliest instant from `readyUs` on for a place, where those before it are decided at `placedUs`. Asked of one
 * place after another, and of some again: then of those after them as well.
 */
export type OpensUs = (place: number, readyUs: number, placedUs: Float64Array) => number

/** Users of which most have their places already, as they stand, and some were moved since then. */
export interface Standing {
  /** The places at which any were moved: from the first of each stretch to its last, in the order of the first. */
  moved: readonly (readonly [first: number, last: number])[]
  /** When a place opens depends on so many places before it, and on nothing else. */
  reach: number
}

/**
 * Gives places in an order to requests of which any can take any place: each place is as early as it
 * can be, and goes to the one that has to be decided first of those that can be (earliest deadline
 * first). Each is decided at the place's instant. Where one comes too late because a less urgent one
 * took a place before it, that one has to wait for it, and the places are given anew from there.
 * @param users by their instants, before which they are not decided; where all have a place, they are left in the
 * order of the places, with the instants of these.
 * @param standing where most of them have their places: only what was moved is looked at, and what follows from that.
 * @returns `again` where nobody has a place yet, but it is known of some that they have to wait.
 */
export function placeByDeadline(
  limiter: Limiter,
  users: Timed,
  atUs: Float64Array,
  opensUs: OpensUs,
  standing?: Standing,
): Settled | 'again' {
  const { order, times } = users
  const { rows } = limiter.evidence
  const waiting = new Waiting(limiter, users)
  const placed = new Uint32Array(times.length)
  const placedUs = new Float64Array(times.length)
  let repeats = mostRepeats * times.length + someRepeats
  const { moved = [[0, times.length - 1] as const], reach = 0 } = standing ?? {}
  let stretch = 0
  /** So many places in a row, up to this one, are taken as they stand. */
  let asBefore = reach
  for (let place = 0; place < times.length; ) {
    while (stretch < moved.length && (moved[stretch] as readonly [number, number])[1] < place) stretch++
    const next = moved[stretch]?.[0] ?? times.length
    if (next <= place) asBefore = 0
    else if (asBefore >= reach && waiting.isFor(place)) {
      for (let k = place; k < next; k++) placed[k] = k
      placedUs.set(times.subarray(place, next), place)
      waiting.skip(next)
      place = next
      continue
    }
    const earliestUs = opensUs(place, waiting.readyUs(), placedUs)
    waiting.comeBy(earliestUs)
    const urgent = waiting.next() as number
    const byUs = deadlineUs(limiter, order[urgent] as number)
    if (byUs >= earliestUs) {
      asBefore = urgent === place && earliestUs === times[place] ? asBefore + 1 : 0
      placed[place] = urgent
      placedUs[place] = earliestUs
      place++
      continue
    }
    // The latest of those placed before that can wait longer. None is placed after the urgent one was sent: from then
    // on it would have come first.
    let again = place - 1
    while (again >= 0 && deadlineUs(limiter, order[placed[again] as number] as number) <= byUs) again--
    if (again < 0) return 'impossible'
    waiting.waitUntil(placed[again] as number, waiting.sinceUs(urgent))
    repeats -= place - again + waiting.size
    if (repeats < 0) {
      leaveToNextRound(limiter, users, waiting, atUs)
      return 'again'
    }
    waiting.goBack(
      placed.subarray(again, place),
      urgent,
      again > 0 ? (placedUs[again - 1] as number) : undefined,
    )
    place = again
    stretch = 0
    asBefore = 0
  }
  let changed = false
  for (let place = 0; place < placed.length; place++) {
    const user = placed[place] as number
    if (times[user] !== placedUs[place]) {
      atUs[rows[order[user] as number] as number] = placedUs[place] as number
      changed = true
    }
    placed[place] = order[user] as number
  }
  // At one instant they stand as `usesInOrder` puts them: what follows must not depend on who had which place.
  for (let from = 0, to = 1; from < placed.length; from = to++) {
    while (placedUs[to] === placedUs[from]) to++
    if (to - from > 1) placed.subarray(from, to).sort()
  }
  order.set(placed)
  times.set(placedUs)
  giveBack(placed)
  giveBack(placedUs)
  return changed ? 'changed' : 'unchanged'
}

/** Nothing was decided anew but that some have to wait. */
function leaveToNextRound(
  limiter: Limiter,
  { order, times }: Timed,
  waiting: Waiting,
  atUs: Float64Array,
): void {
  const { rows } = limiter.evidence
  for (let user = 0; user < times.length; user++) {
    atUs[rows[order[user] as number] as number] = waiting.sinceUs(user)
  }
}

/** Users, by their places in an order, that have no place yet: those that can be decided by now, and those to come. */
class Waiting {
  private readonly limiter: Limiter
  private readonly users: Timed
  /** Those that can be decided by now, the most urgent one last. */
  private ready: number[] = []
  /** The next of the users to come, unless it is held. */
  private coming = 0
  /** Those that have to wait for others: since when they can be decided. */
  private readonly heldUs = new Map<number, number>()
  /** Those of them that have come but cannot be decided yet, the first of them last. */
  private held: number[] = []
  private lastUs = Number.NEGATIVE_INFINITY

  constructor(limiter: Limiter, users: Timed) {
    this.limiter = limiter
    this.users = users
  }

  /** How many have come and have no place yet. */
  get size(): number {
    return this.ready.length + this.held.length
  }

  /** Is nobody waiting for a place before the user that stands at it? */
  isFor(place: number): boolean {
    return this.size === 0 && this.coming === place && !this.heldUs.has(place)
  }

  /** Those up to just before a place have theirs. */
  skip(place: number): void {
    this.coming = place
    if (place > 0) this.lastUs = this.users.times[place - 1] as number
  }

  /** Since when a user can be decided. */
  sinceUs(user: number): number {
    return this.heldUs.get(user) ?? (this.users.times[user] as number)
  }

  /** When the next one can be decided at the earliest. */
  readyUs(): number {
    if (this.ready.length > 0) return this.lastUs
    while (this.heldUs.has(this.coming)) this.hold(this.coming++)
    const heldUs = this.held.length > 0 ? this.sinceUs(this.held.at(-1) as number) : Number.POSITIVE_INFINITY
    return Math.max(this.lastUs, Math.min(this.users.times[this.coming] ?? Number.POSITIVE_INFINITY, heldUs))
  }

  /** Lets everybody come that can be decided by an instant. */
  comeBy(us: number): void {
    const { times } = this.users
    for (; this.coming < times.length && (times[this.coming] as number) <= us; this.coming++) {
      this.come(this.coming, us)
    }
    while (this.held.length > 0 && this.sinceUs(this.held.at(-1) as number) <= us) {
      this.queue(this.held.pop() as number)
    }
    this.lastUs = us
  }

  /** Takes the most urgent one of those that can be decided. */
  next(): number | undefined {
    return this.ready.pop()
  }

  /** Has a user wait until an instant, once it is its turn to come. */
  waitUntil(user: number, sinceUs: number): void {
    this.heldUs.set(user, sinceUs)
  }

  /**
   * As it was before some took their places, and one could not.
   * @param lastUs when the last of those before them was decided.
   */
  goBack(taken: Uint32Array, late: number, lastUs = Number.NEGATIVE_INFINITY): void {
    // Those that are in order already come first: then only the others have to be moved between them.
    const come = [...this.ready, ...taken, late, ...this.held]
    this.coming = firstAbove(this.users.times, lastUs)
    this.ready = []
    this.held = []
    this.lastUs = lastUs
    for (const user of come) if (user < this.coming) this.come(user, lastUs)
  }

  private come(user: number, us: number): void {
    if (this.sinceUs(user) <= us) this.queue(user)
    else this.hold(user)
  }

  /** Puts one that has come among those that cannot be decided yet. */
  private hold(user: number): void {
    insert(this.held, user, (one) => this.sinceUs(one))
  }

  /** Puts one behind those that are less urgent. */
  private queue(user: number): void {
    insert(this.ready, user, (one) => this.deadlineUs(one))
  }

  private deadlineUs(user: number): number {
    return deadlineUs(this.limiter, this.users.order[user] as number)
  }
}

/** Puts one into a list that descends by an instant of each: behind those of a later instant, and of the same. */
function insert(descending: number[], one: number, usOf: (one: number) => number): void {
  const us = usOf(one)
  let rank = descending.push(one) - 1
  for (; rank > 0 && usOf(descending[rank - 1] as number) < us; rank--) {
    descending[rank] = descending[rank - 1] as number
  }
  descending[rank] = one
}
