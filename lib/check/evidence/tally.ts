import { firstAbove, firstAtLeast } from './search.ts'

/**
 * Adds up the cost of a set of requests whose decision instants are known only to lie in
 * intervals. Every answer takes O(log n).
 */
export class Tally {
  readonly size: number
  readonly totalUnits: number
  private readonly lo: Float64Array
  private readonly hi: Float64Array
  private readonly unitsByLo: Float64Array
  private readonly unitsByHi: Float64Array

  /**
   * @param members indices into the three columns.
   * @param membersByHi the same by their upper bounds, where that is known.
   */
  constructor(
    members: ArrayLike<number> & Iterable<number>,
    loUs: Float64Array,
    hiUs: Float64Array,
    cost: Float64Array,
    membersByHi?: Uint32Array,
  ) {
    const first = members[0]
    const unitCost = first === undefined ? 1 : (cost[first] as number)
    let alike = true
    for (let k = 0; k < members.length; k++) alike &&= cost[members[k] as number] === unitCost
    if (alike) {
      // Where all cost the same, it does not matter whose bound is whose: plain numbers sort fast.
      this.lo = new Float64Array(members.length)
      this.hi = new Float64Array(members.length)
      for (let k = 0; k < members.length; k++) {
        this.lo[k] = loUs[members[k] as number] as number
        this.hi[k] = hiUs[(membersByHi ?? members)[k] as number] as number
      }
      if (!isAscending(this.lo)) this.lo.sort()
      if (!isAscending(this.hi)) this.hi.sort()
      this.unitsByLo = prefix(members.length, () => unitCost)
      this.unitsByHi = this.unitsByLo
    } else {
      const ascending = (by: Float64Array) =>
        Uint32Array.from(members).sort((a, b) => (by[a] as number) - (by[b] as number))
      const byLo = ascending(loUs)
      const byHi = ascending(hiUs)
      this.lo = Float64Array.from(byLo, (i) => loUs[i] as number)
      this.hi = Float64Array.from(byHi, (i) => hiUs[i] as number)
      this.unitsByLo = prefix(byLo.length, (k) => cost[byLo[k] as number] as number)
      this.unitsByHi = prefix(byHi.length, (k) => cost[byHi[k] as number] as number)
    }
    this.size = members.length
    this.totalUnits = this.unitsByLo[this.size] as number
  }

  /** Units of the requests that may have been decided in [from, to], both ends included: exact. */
  possiblyWithin(fromUs: number, toUs: number): number {
    if (toUs < fromUs) return 0
    const before = this.unitsByHi[firstAtLeast(this.hi, fromUs)] as number
    const after = this.totalUnits - (this.unitsByLo[firstAbove(this.lo, toUs)] as number)
    return this.totalUnits - before - after
  }

  /**
   * Units of the requests that were surely decided in [from, to], both ends included. Never too
   * many; requests whose interval sticks out on both sides are taken off twice, so it may be too
   * few where one interval is longer than the span asked for.
   */
  surelyWithin(fromUs: number, toUs: number): number {
    if (toUs < fromUs) return 0
    const startsBefore = this.unitsByLo[firstAtLeast(this.lo, fromUs)] as number
    const endsAfter = this.totalUnits - (this.unitsByHi[firstAbove(this.hi, toUs)] as number)
    return Math.max(0, this.totalUnits - startsBefore - endsAfter)
  }

  /** `surelyWithin` of spans that begin at one instant, asked for in the order of their ends: one pass for all. */
  surelyFrom(fromUs: number): (toUs: number) => number {
    const startsBefore = this.unitsByLo[firstAtLeast(this.lo, fromUs)] as number
    let ended = firstAtLeast(this.hi, fromUs)
    return (toUs) => {
      if (toUs < fromUs) return 0
      while (ended < this.size && (this.hi[ended] as number) <= toUs) ended++
      return Math.max(0, (this.unitsByHi[ended] as number) - startsBefore)
    }
  }

  /** `possiblyWithin` of spans that begin at one instant, asked for in the order of their ends: one pass for all. */
  possiblyFrom(fromUs: number): (toUs: number) => number {
    const endsBefore = this.unitsByHi[firstAtLeast(this.hi, fromUs)] as number
    let begun = firstAtLeast(this.lo, fromUs)
    return (toUs) => {
      if (toUs < fromUs) return 0
      while (begun < this.size && (this.lo[begun] as number) <= toUs) begun++
      return (this.unitsByLo[begun] as number) - endsBefore
    }
  }

  /**
   * Where the first span of this length begins that surely holds more than so many units, of those that
   * begin with a lower bound; `undefined` where none does. As `surelyWithin`, with all spans in one pass.
   */
  firstOverfull(spanUs: number, mostUnits: number): number | undefined {
    let ended = 0
    for (let begun = 0; begun < this.size; begun++) {
      const fromUs = this.lo[begun] as number
      if (fromUs === this.lo[begun - 1]) continue
      while (ended < this.size && (this.hi[ended] as number) < fromUs + spanUs) ended++
      if ((this.unitsByHi[ended] as number) - (this.unitsByLo[begun] as number) > mostUnits) return fromUs
    }
    return undefined
  }
}

/** Sums of the first 0, 1, 2, … costs. */
function prefix(length: number, costOf: (place: number) => number): Float64Array {
  const units = new Float64Array(length + 1)
  for (let i = 0; i < length; i++) units[i + 1] = (units[i] as number) + costOf(i)
  return units
}

function isAscending(numbers: Float64Array): boolean {
  for (let i = 1; i < numbers.length; i++) {
    if ((numbers[i - 1] as number) > (numbers[i] as number)) return false
  }
  return true
}
