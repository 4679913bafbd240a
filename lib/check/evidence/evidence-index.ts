import { countOf, Demand, type Evidence, placesOf, Use, valuesAt } from './evidence.ts'
import { firstAbove, firstAtLeast } from './search.ts'
import { sortedBy } from './sorted-by.ts'
import { Tally } from './tally.ts'

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
  private readonly refusalLo: Float64Array
  /** For each refusal, the one with the smallest upper bound from there on. */
  private readonly earliestEnd: Uint32Array
  /** All requests by their upper bounds, and at the same one by their lower bounds: indices into the evidence. */
  readonly byEnd: Uint32Array
  private madeEnds: Float64Array | undefined
  private madeBounds: Float64Array | undefined
  private madeUses: Uses | undefined
  private madeAdmissions: Admissions | undefined

  /** @param byEnd the indices into the evidence by their upper bounds, where they are known. */
  constructor(evidence: Evidence, byEnd: Uint32Array = endsInOrder(evidence)) {
    this.evidence = evidence
    this.byEnd = byEnd
    const { loUs, hiUs, cost, demand, use } = evidence
    const tally = (members: Uint32Array, byHi: Uint32Array) => new Tally(members, loUs, hiUs, cost, byHi)
    const admitted = placesOf(demand, Demand.admit)
    const usedCount = countOf(use, Use.surely)
    const possibleCount = usedCount + countOf(use, Use.maybe)
    const amongEnds = (codes: Uint8Array, one: number, orOther = one) => among(byEnd, codes, one, orOther)
    // Who was let through surely used it up, and who surely did possibly did: as many are the same ones.
    this.admitted = tally(admitted, amongEnds(demand, Demand.admit))
    this.used =
      usedCount === admitted.length
        ? this.admitted
        : tally(placesOf(use, Use.surely), amongEnds(use, Use.surely))
    this.possible =
      possibleCount === usedCount
        ? this.used
        : tally(placesOf(use, Use.surely, Use.maybe), amongEnds(use, Use.surely, Use.maybe))
    this.firstUs = loUs.length > 0 ? (loUs[0] as number) : 0
    let lastUs = this.firstUs
    for (let i = 0; i < hiUs.length; i++) lastUs = Math.max(lastUs, hiUs[i] as number)
    this.lastUs = lastUs

    this.refusals = placesOf(demand, Demand.refuse)
    this.refusalLo = valuesAt(loUs, this.refusals)
    this.earliestEnd = new Uint32Array(this.refusals.length)
    let earliest = -1
    let longestUs = 0
    for (let r = this.refusals.length - 1; r >= 0; r--) {
      const here = this.refusals[r] as number
      if (earliest < 0 || (hiUs[earliest] as number) >= (hiUs[here] as number)) earliest = here
      this.earliestEnd[r] = earliest
      longestUs = Math.max(longestUs, (hiUs[here] as number) - (loUs[here] as number))
    }
    this.longestRefusalUs = longestUs
  }

  /** The upper bounds of all requests, ascending. */
  get ends(): Float64Array {
    this.madeEnds ??= valuesAt(this.evidence.hiUs, this.byEnd)
    return this.madeEnds
  }

  /** The lower and the upper bounds of all requests together, ascending. */
  get bounds(): Float64Array {
    this.madeBounds ??= merged(this.evidence.loUs, this.ends)
    return this.madeBounds
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
    this.madeAdmissions ??= admissionsOf(this.evidence, this.byEnd)
    return this.madeAdmissions
  }

  /** Among the refusals surely at or after `fromUs`, the one that surely ends first. */
  earliestRefusalFrom(fromUs: number): number | undefined {
    return this.earliestEnd[firstAtLeast(this.refusalLo, fromUs)]
  }

  /** The earliest instant from `fromUs` on at which something can have used up the limit; infinite if never. */
  earliestUseFrom(fromUs: number): number {
    if (this.possible.possiblyWithin(fromUs, fromUs) > 0) return fromUs
    return this.uses.lo[firstAtLeast(this.uses.lo, fromUs)] ?? Number.POSITIVE_INFINITY
  }

  /** By when something that comes surely at or after `fromUs` surely used up the limit; infinite if nothing does. */
  sureUseBy(fromUs: number): number {
    return this.uses.sureEnd[firstAtLeast(this.uses.sureLo, fromUs)] ?? Number.POSITIVE_INFINITY
  }

  /** Among the admissions surely at or before `toUs`, the one that surely starts last. */
  latestAdmissionUntil(toUs: number): number | undefined {
    return this.admissions.latestStart[firstAbove(this.admissions.hi, toUs) - 1]
  }

  /** The refusals whose lower bound lies in [from, to], ascending. */
  refusalsStarting(fromUs: number, toUs: number): Uint32Array {
    return this.refusals.subarray(firstAtLeast(this.refusalLo, fromUs), firstAbove(this.refusalLo, toUs))
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

/** What may have used up a limit, by where it starts. */
interface Uses {
  lo: Float64Array
  sureLo: Float64Array
  /** For each sure use by lower bound, the smallest upper bound from there on. */
  sureEnd: Float64Array
  lastUs: number
}

function usesOf({ loUs, hiUs, use }: Evidence): Uses {
  const possible = placesOf(use, Use.surely, Use.maybe)
  let lastUs = Number.NEGATIVE_INFINITY
  for (const i of possible) lastUs = Math.max(lastUs, hiUs[i] as number)
  const sure = placesOf(use, Use.surely)
  const sureEnd = valuesAt(hiUs, sure)
  for (let k = sure.length - 2; k >= 0; k--) {
    sureEnd[k] = Math.min(sureEnd[k] as number, sureEnd[k + 1] as number)
  }
  return { lo: valuesAt(loUs, possible), sureLo: valuesAt(loUs, sure), sureEnd, lastUs }
}

/** What was let through, by where it ends. */
interface Admissions {
  hi: Float64Array
  /** For each, the one with the largest lower bound up to there: indices into the evidence. */
  latestStart: Uint32Array
}

function admissionsOf({ loUs, hiUs, demand }: Evidence, ends: Uint32Array): Admissions {
  const byEnd = among(ends, demand, Demand.admit, Demand.vacant)
  const latestStart = new Uint32Array(byEnd.length)
  for (let a = 0; a < byEnd.length; a++) {
    const here = byEnd[a] as number
    const best = latestStart[a - 1]
    latestStart[a] = best !== undefined && (loUs[best] as number) >= (loUs[here] as number) ? best : here
  }
  return { hi: valuesAt(hiUs, byEnd), latestStart }
}

/** All requests by their upper bounds: indices into the evidence. */
export function endsInOrder({ hiUs }: Pick<Evidence, 'hiUs'>): Uint32Array {
  const all = new Uint32Array(hiUs.length)
  for (let i = 0; i < all.length; i++) all[i] = i
  return sortedBy(all, hiUs)
}

/** Those of some places, in their order, at which one of these codes stands. */
function among(places: Uint32Array, codes: Uint8Array, one: number, orOther: number): Uint32Array {
  const found = new Uint32Array(places.length)
  let count = 0
  for (let k = 0; k < places.length; k++) {
    const code = codes[places[k] as number]
    if (code === one || code === orOther) found[count++] = places[k] as number
  }
  return found.subarray(0, count)
}

/** Two ascending columns as one. */
function merged(one: Float64Array, other: Float64Array): Float64Array {
  const both = new Float64Array(one.length + other.length)
  let [i, j] = [0, 0]
  for (let k = 0; k < both.length; k++) {
    const takeOne = j >= other.length || (i < one.length && (one[i] as number) <= (other[j] as number))
    both[k] = (takeOne ? one[i++] : other[j++]) as number
  }
  return both
}
