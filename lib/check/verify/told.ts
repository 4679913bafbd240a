import type { Evidence } from '../evidence/evidence.ts'

/** Counted, surely; refused, and so on: the codes of `Evidence`, spelled out here once more. */
const admit = 1
export const refuse = 2
const vacant = 3
export const surely = 1

/** Where each row stands among those of the evidence, -1 for others: worked out once for many proofs. */
const places = new WeakMap<Uint32Array, Int32Array<ArrayBuffer>>()

function placesOf({ rows }: Evidence): Int32Array<ArrayBuffer> {
  let at = places.get(rows)
  if (!at) {
    let last = 0
    for (let i = 0; i < rows.length; i++) last = Math.max(last, rows[i] as number)
    at = new Int32Array(last + 1).fill(-1)
    for (let i = 0; i < rows.length; i++) at[rows[i] as number] = i
    places.set(rows, at)
  }
  return at
}

/** Whoever may have used something up, those that end last first: worked out once for many proofs as well. */
const lastUsers = new WeakMap<Evidence, Uint32Array>()

function lastUsersOf(evidence: Evidence): Uint32Array {
  let users = lastUsers.get(evidence)
  if (!users) {
    const { hiUs, use } = evidence
    users = Uint32Array.from(use.keys())
      .filter((i) => use[i] !== 0)
      .sort((a, b) => (hiUs[b] as number) - (hiUs[a] as number))
    lastUsers.set(evidence, users)
  }
  return users
}

/**
 * Lets go of where the rows of some evidence stand and of who ended last, which are millions: they are worked out
 * again for the next proof.
 */
export function forgetPlaces(evidence: Evidence): void {
  places.get(evidence.rows)?.buffer.transfer(0)
  places.delete(evidence.rows)
  lastUsers.delete(evidence)
}

/** Whether requests stand by their lower bounds, and how far the bounds of one are apart at most. */
interface Spread {
  ascending: boolean
  longestUs: number
}

/** Worked out once for many proofs as well. */
const spreads = new WeakMap<Evidence, Spread>()

function spreadOf(evidence: Evidence): Spread {
  let spread = spreads.get(evidence)
  if (!spread) {
    const { loUs, hiUs } = evidence
    spread = { ascending: true, longestUs: 0 }
    for (let i = 0; i < loUs.length; i++) {
      const lo = loUs[i] as number
      if (i > 0 && lo < (loUs[i - 1] as number)) spread.ascending = false
      spread.longestUs = Math.max(spread.longestUs, (hiUs[i] as number) - lo)
    }
    spreads.set(evidence, spread)
  }
  return spread
}

/** What a history tells of one limiter, as far as checking a proof again asks for it: sums, request by request. */
export class Told {
  readonly evidence: Evidence
  readonly limit: number
  readonly windowUs: number
  private readonly at: Int32Array

  constructor(evidence: Evidence, limit: number, windowUs: number) {
    this.evidence = evidence
    this.limit = limit
    this.windowUs = windowUs
    this.at = placesOf(evidence)
  }

  /** Are these rows of the evidence, at least one, and is that a number of windows? */
  makesSense(rows: readonly number[], windows: number): boolean {
    const known = rows.length > 0 && rows.every((row) => this.index(row) !== undefined)
    return known && Number.isSafeInteger(windows) && windows > 0
  }

  /** Where a row stands in the evidence; `undefined` for one that the limiter did not meet. */
  index(row: number): number | undefined {
    const i = this.at[row]
    return i === undefined || i < 0 ? undefined : i
  }

  /** The same of some rows, each once; `undefined` where the limiter did not meet one of them. */
  indices(rows: readonly number[]): number[] | undefined {
    const indices: number[] = []
    for (const row of new Set(rows)) {
      const i = this.index(row)
      if (i === undefined) return undefined
      indices.push(i)
    }
    return indices
  }

  /** Whoever may have used something up, those that end last first. */
  users(): Uint32Array {
    return lastUsersOf(this.evidence)
  }

  lo(i: number): number {
    return this.evidence.loUs[i] as number
  }
  hi(i: number): number {
    return this.evidence.hiUs[i] as number
  }
  cost(i: number): number {
    return this.evidence.cost[i] as number
  }
  /** May something that the history does not show have been counted before it? */
  hidden(i: number): boolean {
    return this.lo(i) < this.evidence.hiddenUseUntilUs
  }
  admitted(i: number): boolean {
    return this.evidence.demand[i] === admit
  }
  letThrough(i: number): boolean {
    return this.evidence.demand[i] === admit || this.evidence.demand[i] === vacant
  }

  /** Units of these rows, each once, as far as they surely count and surely lie in [from, to]. */
  adds(rows: readonly number[], from: number, to: number, admittedOnly: boolean): number {
    let units = 0
    for (const row of new Set(rows)) {
      const i = this.index(row)
      if (i === undefined || this.lo(i) < from || this.hi(i) > to) continue
      if (admittedOnly ? this.evidence.demand[i] === admit : this.evidence.use[i] === surely)
        units += this.cost(i)
    }
    return units
  }

  /**
   * Requests in the order in which they stand, without those that are over before an instant because none is
   * under way for so long, up to where `isDone` says of a lower bound that no later one is asked for.
   */
  *from(us: number, isDone: (loUs: number) => boolean): Generator<number> {
    const { ascending, longestUs } = spreadOf(this.evidence)
    const { length } = this.evidence.rows
    let first = 0
    for (let end = ascending ? length : 0; first < end; ) {
      const middle = (first + end) >>> 1
      if (this.lo(middle) >= us - longestUs) end = middle
      else first = middle + 1
    }
    for (let i = first; i < length && !(ascending && isDone(this.lo(i))); i++) yield i
  }

  /** Units that may have been counted in [from, to], request `j` left out. */
  possible(j: number, from: number, to: number): number {
    return this.possibleWithout(new Set([j]), from, to)
  }

  /** The same with several left out. */
  possibleWithout(left: ReadonlySet<number>, from: number, to: number): number {
    let units = 0
    for (const i of this.from(from, (lo) => lo > to)) {
      if (!left.has(i) && this.evidence.use[i] !== 0 && this.hi(i) >= from && this.lo(i) <= to)
        units += this.cost(i)
    }
    return units
  }

  /**
   * The refusals that a reason names, of which one came first, and when: from the earliest of their lower bounds on,
   * and by the earliest of their upper ones. `undefined` where there is anything else among them, or something hidden
   * may have been counted.
   */
  firstOf(
    rows: readonly number[],
  ): { members: Set<number>; lo: number; hi: number; cost: number } | undefined {
    const members = new Set<number>()
    let [lo, hi, cost] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0]
    for (const row of rows) {
      const j = this.index(row)
      if (j === undefined || this.evidence.demand[j] !== refuse || this.hidden(j)) return undefined
      members.add(j)
      lo = Math.min(lo, this.lo(j))
      hi = Math.min(hi, this.hi(j))
      cost = Math.max(cost, this.cost(j))
    }
    return { members, lo, hi, cost }
  }

  /** Would request `j` have fitted in, whatever else was counted in [from, to]? */
  room(j: number, from: number, to: number): boolean {
    return this.possible(j, from, to) + this.cost(j) <= this.limit
  }
}
