import { Ends } from './ends.ts'
import { countOf, Demand, type Evidence, placesOf, refusalsIn, Use, valuesAt } from './evidence.ts'
import { Marks } from './marks.ts'
import { firstAbove, firstAtLeast } from './search.ts'
import { placesBy } from './sorted-by.ts'
import { EqualUnits, Tally, UnequalUnits } from './tally.ts'

/**
 * The questions that every algorithm asks of its evidence, each answered in O(log n). What only some of
 * them ask is worked out when it is asked for.
 */
export class EvidenceIndex {
  readonly evidence: Evidence
  /** Requests that were let through. */
  readonly admitted: Tally
  /** Requests that surely used up the limit. */
  readonly used: Tally
  /** Requests that may have used up the limit. */
  readonly possible: Tally
  /** Requests that the limit surely refused, ascending by lower bound: indices into the evidence. */
  readonly refusals: Uint32Array
  /** The longest interval of a refusal; 0 where there is none. */
  readonly longestRefusalUs: number
  readonly firstUs: number
  readonly lastUs: number
  private readonly refused: Marks
  /** The upper bounds of all requests, ascending, and at the same one by their lower bounds. */
  readonly ends: Ends
  private readonly admittedByEnd: Marks
  private madeUses: Uses | undefined
  private madeAdmissions: Admissions | undefined
  private madeEarliestEnd: Uint32Array | undefined
  private madeVacantCost: number | undefined

  /** @param byEnd the indices into the evidence by their upper bounds, where they are known. */
  constructor(evidence: Evidence, byEnd: Uint32Array = endsInOrder(evidence)) {
    this.evidence = evidence
    const { loUs, hiUs, demand, use } = evidence
    this.ends = new Ends(hiUs, byEnd)
    const admitted = new Marks(demand, Demand.admit)
    this.admittedByEnd = new Marks(demand, Demand.admit, Demand.admit, byEnd)
    this.admitted = this.tally(admitted, this.admittedByEnd)
    const usedCount = countOf(use, Use.surely)
    const possibleCount = usedCount + countOf(use, Use.maybe)
    // Who was let through surely used it up, and who surely did possibly did: as many are the same ones.
    this.used = usedCount === admitted.size ? this.admitted : this.tallyOfUses(Use.surely)
    this.possible = possibleCount === usedCount ? this.used : this.tallyOfUses(Use.maybe)
    this.firstUs = loUs.length > 0 ? (loUs[0] as number) : 0
    let lastUs = this.firstUs
    for (let i = 0; i < hiUs.length; i++) lastUs = Math.max(lastUs, hiUs[i] as number)
    this.lastUs = lastUs

    this.refusals = refusalsIn(evidence)
    this.refused = new Marks(demand, Demand.refuse)
    let longestUs = 0
    for (let r = 0; r < this.refusals.length; r++) {
      const i = this.refusals[r] as number
      longestUs = Math.max(longestUs, (hiUs[i] as number) - (loUs[i] as number))
    }
    this.longestRefusalUs = longestUs
  }

  /** Of those who surely used it up, and of those who did so or may have. */
  private tallyOfUses(orOther: Use): Tally {
    const { use } = this.evidence
    return this.tally(
      new Marks(use, Use.surely, orOther),
      new Marks(use, Use.surely, orOther, this.ends.order),
    )
  }

  private tally(marks: Marks, byEnd: Marks): Tally {
    const { loUs, cost, unitCost } = this.evidence
    const { ends } = this
    if (unitCost !== undefined && Number.isSafeInteger(unitCost)) {
      return new Tally(
        loUs,
        ends,
        new EqualUnits(marks, unitCost),
        new EqualUnits(byEnd, unitCost),
        marks.size,
      )
    }
    return new Tally(
      loUs,
      ends,
      new UnequalUnits(cost, marks),
      new UnequalUnits(cost, byEnd, ends.order),
      marks.size,
    )
  }

  /** The last instant at which anything can have used up the limit. */
  get lastUseUs(): number {
    return this.uses.lastUs
  }

  private get uses(): Uses {
    this.madeUses ??= usesOf(this.evidence)
    return this.madeUses
  }

  private get admissions(): Admissions {
    this.madeAdmissions ??= admissionsOf(this.evidence, this.ends.order, this.admittedByEnd)
    return this.madeAdmissions
  }

  /** For each refusal, the one with the smallest upper bound from there on. */
  private get earliestEnd(): Uint32Array {
    this.madeEarliestEnd ??= earliestEndOf(this.evidence, this.refusals)
    return this.madeEarliestEnd
  }

  /** The highest cost of what was let through here and used nothing up; 0 where there is no such request. */
  get highestVacantCost(): number {
    this.madeVacantCost ??= highestVacantCost(this.evidence)
    return this.madeVacantCost
  }

  /** Lets go of what is worked out when it is asked for: it takes memory, and little time to work out again. */
  slim(): void {
    this.madeUses = undefined
    this.madeAdmissions = undefined
    this.madeEarliestEnd = undefined
  }

  /** Of the lower and the upper bounds of requests in [from, to): how many they are, and the one in the middle. */
  boundsWithin(fromUs: number, toUs: number): { count: number; middleUs: number | undefined } {
    const { loUs } = this.evidence
    const { ends } = this
    const [begun, ended] = [firstAtLeast(loUs, fromUs), ends.firstAtLeast(fromUs)]
    const starts = firstAtLeast(loUs, toUs) - begun
    const endings = ends.firstAtLeast(toUs) - ended
    const count = starts + endings
    if (count === 0) return { count, middleUs: undefined }
    // As many of both come before it as half of them are: how many of the lower bounds is looked for.
    const before = count >> 1
    let [least, most] = [Math.max(0, before - endings), Math.min(before, starts)]
    while (least < most) {
      const some = (least + most) >>> 1
      if (ends.at(ended + before - some - 1) > (loUs[begun + some] as number)) least = some + 1
      else most = some
    }
    const nextEnd = before - least < endings ? ends.at(ended + before - least) : Number.POSITIVE_INFINITY
    const nextStart = least < starts ? (loUs[begun + least] as number) : Number.POSITIVE_INFINITY
    return { count, middleUs: Math.min(nextStart, nextEnd) }
  }

  /** Among the refusals surely at or after `fromUs`, the one that surely ends first. */
  earliestRefusalFrom(fromUs: number): number | undefined {
    return this.earliestEnd[this.refused.countBefore(firstAtLeast(this.evidence.loUs, fromUs))]
  }

  /** The earliest instant from `fromUs` on at which something can have used up the limit; infinite if never. */
  earliestUseFrom(fromUs: number): number {
    if (this.possible.possiblyWithin(fromUs, fromUs) > 0) return fromUs
    const { loUs } = this.evidence
    const next = this.uses.possible.next(firstAtLeast(loUs, fromUs))
    return next < 0 ? Number.POSITIVE_INFINITY : (loUs[next] as number)
  }

  /** By when something that comes surely at or after `fromUs` surely used up the limit; infinite if nothing does. */
  sureUseBy(fromUs: number): number {
    const { sure, sureEnd } = this.uses
    return sureEnd[sure.countBefore(firstAtLeast(this.evidence.loUs, fromUs))] ?? Number.POSITIVE_INFINITY
  }

  /** Among the admissions surely at or before `toUs`, the one that surely starts last. */
  latestAdmissionUntil(toUs: number): number | undefined {
    const { byEnd, latestStart } = this.admissions
    return latestStart[byEnd.countBefore(this.ends.firstAbove(toUs)) - 1]
  }

  /** The refusals whose lower bound lies in [from, to], ascending. */
  refusalsStarting(fromUs: number, toUs: number): Uint32Array {
    return this.refusals.subarray(...this.refusalPlaces(fromUs, toUs))
  }

  /** Among all refusals, the places of those: of the first, and of the next one after the last. */
  refusalPlaces(fromUs: number, toUs: number): [from: number, end: number] {
    const { loUs } = this.evidence
    return [
      this.refused.countBefore(firstAtLeast(loUs, fromUs)),
      this.refused.countBefore(firstAbove(loUs, toUs)),
    ]
  }

  /**
   * Units that can have been counted in [from, to], a request itself left out. Infinite where
   * something that the history does not show may have been counted as well.
   */
  possibleBeside(i: number, fromUs: number, toUs: number): number {
    const { loUs, hiUs, cost, use, hiddenUseUntilUs } = this.evidence
    if ((loUs[i] as number) < hiddenUseUntilUs) return Number.POSITIVE_INFINITY
    const inside = (hiUs[i] as number) >= fromUs && (loUs[i] as number) <= toUs
    const own = use[i] !== Use.never && inside ? (cost[i] as number) : 0
    return this.possible.possiblyWithin(fromUs, toUs) - own
  }
}

function highestVacantCost({ demand, cost }: Evidence): number {
  let highest = 0
  for (let i = 0; i < demand.length; i++)
    if (demand[i] === Demand.vacant) highest = Math.max(highest, cost[i] as number)
  return highest
}

/** What may have used up a limit, by where it starts. */
interface Uses {
  possible: Marks
  sure: Marks
  /** For each sure use by lower bound, the smallest upper bound from there on. */
  sureEnd: Float64Array
  lastUs: number
}

function usesOf({ hiUs, use }: Evidence): Uses {
  const possible = new Marks(use, Use.surely, Use.maybe)
  let lastUs = Number.NEGATIVE_INFINITY
  for (let i = 0; i < use.length; i++) {
    if (use[i] !== Use.never) lastUs = Math.max(lastUs, hiUs[i] as number)
  }
  const sureEnd = valuesAt(hiUs, placesOf(use, Use.surely))
  for (let k = sureEnd.length - 2; k >= 0; k--) {
    sureEnd[k] = Math.min(sureEnd[k] as number, sureEnd[k + 1] as number)
  }
  return { possible, sure: new Marks(use, Use.surely), sureEnd, lastUs }
}

function earliestEndOf({ hiUs }: Evidence, refusals: Uint32Array): Uint32Array {
  const earliestEnd = new Uint32Array(refusals.length)
  let earliest = -1
  for (let r = refusals.length - 1; r >= 0; r--) {
    const here = refusals[r] as number
    if (earliest < 0 || (hiUs[earliest] as number) >= (hiUs[here] as number)) earliest = here
    earliestEnd[r] = earliest
  }
  return earliestEnd
}

/** What was let through, by where it ends. */
interface Admissions {
  byEnd: Marks
  /** For each, the one with the largest lower bound up to there: indices into the evidence. */
  latestStart: Uint32Array
}

function admissionsOf({ loUs, demand }: Evidence, ends: Uint32Array, admittedByEnd: Marks): Admissions {
  const byEnd =
    countOf(demand, Demand.vacant) === 0
      ? admittedByEnd
      : new Marks(demand, Demand.admit, Demand.vacant, ends)
  const latestStart = new Uint32Array(byEnd.size)
  let best: number | undefined
  for (let a = 0, place = byEnd.next(0); place >= 0; a++, place = byEnd.next(place + 1)) {
    const here = ends[place] as number
    if (best === undefined || (loUs[best] as number) < (loUs[here] as number)) best = here
    latestStart[a] = best
  }
  return { byEnd, latestStart }
}

/** All requests by their upper bounds: indices into the evidence. */
export function endsInOrder({ hiUs }: Pick<Evidence, 'hiUs'>): Uint32Array {
  return placesBy(hiUs)
}
