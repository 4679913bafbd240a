import { Demand, type Evidence, Use } from './evidence.ts'
import { firstAbove, firstAtLeast } from './search.ts'
import { Tally } from './tally.ts'

/** The questions that every algorithm asks of its evidence, each answered in O(log n). */
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
  readonly firstUs: number
  readonly lastUs: number
  /** The last instant at which anything can have used up the limit. */
  readonly lastUseUs: number
  private readonly refusalLo: Float64Array
  private readonly useLo: Float64Array
  private readonly sureUseLo: Float64Array
  /** For each sure use by lower bound, the smallest upper bound from there on. */
  private readonly sureUseEnd: Float64Array
  /** For each refusal, the one with the smallest upper bound from there on. */
  private readonly earliestEnd: Uint32Array
  private readonly admissionHi: Float64Array
  /** For each admission by upper bound, the one with the largest lower bound up to there. */
  private readonly latestStart: Uint32Array

  constructor(evidence: Evidence) {
    this.evidence = evidence
    const { loUs, hiUs, cost, demand, use } = evidence
    const where = (keep: (i: number) => boolean) => placesWhere(loUs.length, keep)
    const tally = (members: Uint32Array) => new Tally(members, loUs, hiUs, cost)
    const admitted = where((i) => demand[i] === Demand.admit)
    const used = where((i) => use[i] === Use.surely)
    const possible = where((i) => use[i] !== Use.never)
    // Who was let through surely used it up, and who surely did possibly did: as many are the same ones.
    this.admitted = tally(admitted)
    this.used = used.length === admitted.length ? this.admitted : tally(used)
    this.possible = possible.length === used.length ? this.used : tally(possible)
    this.firstUs = loUs.length > 0 ? (loUs[0] as number) : 0
    this.lastUs = hiUs.reduce((last, us) => Math.max(last, us), this.firstUs)

    const uses = possible
    this.useLo = Float64Array.from(uses, (i) => loUs[i] as number)
    this.lastUseUs = uses.reduce((last, i) => Math.max(last, hiUs[i] as number), Number.NEGATIVE_INFINITY)
    const sure = uses.filter((i) => use[i] === Use.surely)
    this.sureUseLo = Float64Array.from(sure, (i) => loUs[i] as number)
    this.sureUseEnd = Float64Array.from(sure, (i) => hiUs[i] as number)
    for (let k = sure.length - 2; k >= 0; k--) {
      this.sureUseEnd[k] = Math.min(this.sureUseEnd[k] as number, this.sureUseEnd[k + 1] as number)
    }

    this.refusals = where((i) => demand[i] === Demand.refuse)
    this.refusalLo = Float64Array.from(this.refusals, (i) => loUs[i] as number)
    this.earliestEnd = new Uint32Array(this.refusals.length)
    for (let r = this.refusals.length - 1; r >= 0; r--) {
      const here = this.refusals[r] as number
      const next = this.earliestEnd[r + 1]
      this.earliestEnd[r] =
        next !== undefined && (hiUs[next] as number) < (hiUs[here] as number) ? next : here
    }
    const admissions = where((i) => demand[i] === Demand.admit || demand[i] === Demand.vacant).sort(
      (a, b) => (hiUs[a] as number) - (hiUs[b] as number),
    )
    this.admissionHi = Float64Array.from(admissions, (i) => hiUs[i] as number)
    this.latestStart = new Uint32Array(admissions.length)
    for (let a = 0; a < admissions.length; a++) {
      const here = admissions[a] as number
      const best = this.latestStart[a - 1]
      this.latestStart[a] =
        best !== undefined && (loUs[best] as number) >= (loUs[here] as number) ? best : here
    }
  }

  /** Among the refusals surely at or after `fromUs`, the one that surely ends first. */
  earliestRefusalFrom(fromUs: number): number | undefined {
    return this.earliestEnd[firstAtLeast(this.refusalLo, fromUs)]
  }

  /** The earliest instant from `fromUs` on at which something can have used up the limit; infinite if never. */
  earliestUseFrom(fromUs: number): number {
    if (this.possible.possiblyWithin(fromUs, fromUs) > 0) return fromUs
    return this.useLo[firstAtLeast(this.useLo, fromUs)] ?? Number.POSITIVE_INFINITY
  }

  /** By when something that comes surely at or after `fromUs` surely used up the limit; infinite if nothing does. */
  sureUseBy(fromUs: number): number {
    return this.sureUseEnd[firstAtLeast(this.sureUseLo, fromUs)] ?? Number.POSITIVE_INFINITY
  }

  /** Among the admissions surely at or before `toUs`, the one that surely starts last. */
  latestAdmissionUntil(toUs: number): number | undefined {
    return this.latestStart[firstAbove(this.admissionHi, toUs) - 1]
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

/** The places from 0 for which something holds, ascending. */
function placesWhere(length: number, holds: (place: number) => boolean): Uint32Array {
  const places = new Uint32Array(length)
  let count = 0
  for (let place = 0; place < length; place++) if (holds(place)) places[count++] = place
  return places.slice(0, count)
}
