import type { Costs } from '../../history/history.ts'
import { Ends } from './ends.ts'
import { giveBack } from './give-back.ts'
import type { Marks } from './marks.ts'
import { firstAbove, firstAtLeast } from './search.ts'
import { sortBy } from './sorted-by.ts'

/** What some requests cost, by their places in an order of more. */
interface Units {
  /** Units of those among the first k places. */
  before(k: number): number
  /** Whether the one at place k is among them. */
  has(k: number): boolean
  /** What each of them costs, where that is the same for all, and a whole number. */
  readonly unitCost?: number
}

/**
 * Adds up the cost of a set of requests whose decision instants are known only to lie in
 * intervals. Every answer takes O(log n).
 */
export class Tally {
  readonly size: number
  readonly totalUnits: number
  private readonly starts: Float64Array
  private readonly ends: Ends
  private readonly byStart: Units
  private readonly byEnd: Units
  /** By a number of requests: how long the shortest span is that holds more of them. */
  private readonly overfull = new Map<number, number>()

  /**
   * @param starts lower bounds, ascending, of requests with those of the set among them.
   * @param ends upper bounds of the same.
   * @param byStart what those of the set cost, by the places of the lower bounds.
   * @param byEnd the same by the places of the upper bounds.
   * @param size how many they are.
   */
  constructor(starts: Float64Array, ends: Ends, byStart: Units, byEnd: Units, size: number) {
    this.starts = starts
    this.ends = ends
    this.byStart = byStart
    this.byEnd = byEnd
    this.size = size
    this.totalUnits = byStart.before(starts.length)
  }

  /** Units of the requests that may have been decided in [from, to], both ends included: exact. */
  possiblyWithin(fromUs: number, toUs: number): number {
    if (toUs < fromUs) return 0
    const before = this.byEnd.before(this.ends.firstAtLeast(fromUs))
    const after = this.totalUnits - this.byStart.before(firstAbove(this.starts, toUs))
    return this.totalUnits - before - after
  }

  /**
   * Units of the requests that were surely decided in [from, to], both ends included. Never too
   * many; requests whose interval sticks out on both sides are taken off twice, so it may be too
   * few where one interval is longer than the span asked for.
   */
  surelyWithin(fromUs: number, toUs: number): number {
    if (toUs < fromUs) return 0
    const startsBefore = this.byStart.before(firstAtLeast(this.starts, fromUs))
    const endsAfter = this.totalUnits - this.byEnd.before(this.ends.firstAbove(toUs))
    return Math.max(0, this.totalUnits - startsBefore - endsAfter)
  }

  /** `surelyWithin` of spans that begin at one instant, asked for in the order of their ends: one pass for all. */
  surelyFrom(fromUs: number): (toUs: number) => number {
    const startsBefore = this.byStart.before(firstAtLeast(this.starts, fromUs))
    let ended = this.ends.firstAtLeast(fromUs)
    return (toUs) => {
      if (toUs < fromUs) return 0
      while (ended < this.starts.length && this.ends.at(ended) <= toUs) ended++
      return Math.max(0, this.byEnd.before(ended) - startsBefore)
    }
  }

  /** `possiblyWithin` of spans that begin at one instant, asked for in the order of their ends: one pass for all. */
  possiblyFrom(fromUs: number): (toUs: number) => number {
    const endsBefore = this.byEnd.before(this.ends.firstAtLeast(fromUs))
    let begun = firstAtLeast(this.starts, fromUs)
    return (toUs) => {
      if (toUs < fromUs) return 0
      while (begun < this.starts.length && (this.starts[begun] as number) <= toUs) begun++
      return this.byStart.before(begun) - endsBefore
    }
  }

  /** The bounds of those of the set, each of the columns ascending: of equal costs. */
  instants(): { starts: Float64Array<ArrayBuffer>; ends: Float64Array<ArrayBuffer> } {
    const starts = new Float64Array(this.size)
    const ends = new Float64Array(this.size)
    let [s, e] = [0, 0]
    for (let k = 0; k < this.starts.length; k++) {
      if (this.byStart.has(k)) starts[s++] = this.starts[k] as number
      if (this.byEnd.has(k)) ends[e++] = this.ends.at(k)
    }
    return { starts, ends }
  }

  /**
   * Works out how long the shortest spans are that hold more than each of several numbers of units, for those who
   * will ask where they begin: all in one pass over the requests.
   */
  measureOverfull(severalUnits: readonly number[]): void {
    const { unitCost } = this.byStart
    if (unitCost === undefined) return
    const unknown = severalUnits
      .map((units) => Math.floor(units / unitCost))
      .filter((most) => !this.overfull.has(most))
    if (unknown.length === 0) return
    const { starts, ends } = this.instants()
    for (const most of unknown) {
      let leastUs = Number.POSITIVE_INFINITY
      for (let k = 0; k + most < ends.length; k++) {
        leastUs = Math.min(leastUs, (ends[k + most] as number) - (starts[k] as number))
      }
      this.overfull.set(most, leastUs)
    }
    giveBack(starts)
    giveBack(ends)
  }

  /** Spans up to this length surely hold no more than so many units, wherever they begin; 0 where costs differ. */
  private leastOverfullUs(mostUnits: number): number {
    const { unitCost } = this.byStart
    if (unitCost === undefined) return 0
    this.measureOverfull([mostUnits])
    return this.overfull.get(Math.floor(mostUnits / unitCost)) as number
  }

  /**
   * Where the first span of this length begins that surely holds more than so many units, of those that
   * begin with a lower bound; `undefined` where none does. As `surelyWithin`, with all spans in one pass.
   */
  firstOverfull(spanUs: number, mostUnits: number): number | undefined {
    if (spanUs <= this.leastOverfullUs(mostUnits)) return undefined
    let ended = 0
    let lastUs: number | undefined
    for (let begun = 0; begun < this.starts.length; begun++) {
      const fromUs = this.starts[begun] as number
      if (fromUs === lastUs || !this.byStart.has(begun)) continue
      lastUs = fromUs
      while (ended < this.starts.length && this.ends.at(ended) < fromUs + spanUs) ended++
      if (this.byEnd.before(ended) - this.byStart.before(begun) > mostUnits) return fromUs
    }
    return undefined
  }
}

/**
 * Adds up some requests of three columns.
 * @param members indices into the columns.
 */
export function tallyOf(
  members: ArrayLike<number>,
  loUs: Float64Array,
  hiUs: Float64Array,
  cost: Costs,
): Tally {
  const byLo = sortBy(Uint32Array.from(members), loUs)
  const byHi = sortBy(Uint32Array.from(members), hiUs)
  const starts = new Float64Array(byLo.length)
  for (let k = 0; k < byLo.length; k++) starts[k] = loUs[byLo[k] as number] as number
  const all = { before: (k: number) => k, has: () => true, unitCost: 1 }
  const isOne = byLo.every((i) => cost[i] === 1)
  const units = (order: Uint32Array) => (isOne ? all : new UnequalUnits(cost, undefined, order))
  return new Tally(starts, new Ends(hiUs, byHi), units(byLo), units(byHi), byLo.length)
}

/** Units of requests that all cost the same, a whole number. */
export class EqualUnits implements Units {
  readonly unitCost: number
  private readonly marks: Marks

  constructor(marks: Marks, unitCost: number) {
    this.marks = marks
    this.unitCost = unitCost
  }

  before(k: number): number {
    return this.marks.countBefore(k) * this.unitCost
  }

  has(k: number): boolean {
    return this.marks.has(k)
  }
}

/** Units of requests of any costs. */
export class UnequalUnits implements Units {
  private readonly marks: Marks | undefined
  /** Sums of the first 0, 1, 2, … costs. */
  private readonly sums: Float64Array

  /**
   * @param marks those of the places that count; all of them where it is missing.
   * @param order the requests at the places, as indices into the costs; the costs as they stand where it is missing.
   */
  constructor(cost: Costs, marks: Marks | undefined, order?: Uint32Array) {
    this.marks = marks
    const places = order?.length ?? cost.length
    this.sums = new Float64Array(places + 1)
    for (let k = 0; k < places; k++) {
      const units = marks && !marks.has(k) ? 0 : (cost[order ? (order[k] as number) : k] as number)
      this.sums[k + 1] = (this.sums[k] as number) + units
    }
  }

  before(k: number): number {
    return this.sums[k] as number
  }

  has(k: number): boolean {
    return this.marks?.has(k) ?? true
  }
}
