import { greatestCommonDivisor, modulo } from '../../limiters/exact.ts'
import { Demand, Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAbove, firstAtLeast } from '../evidence/search.ts'
import type { Reason, Refutation } from './certificate.ts'
import { firstRefusalsByEnd, firstUnjustified, refusalsUnderWay } from './first-refusals.ts'
import { refutePhases } from './phases.ts'
import { type Ordered, type Orders, ordersOf } from './refill-orders.ts'

/** How many requests are looked at, over all ranges of phases, before the search gives up. */
const maxVisits = 40_000_000

/**
 * Where all phases that stay possible are wanted, as places to start a search from: so many requests are looked at,
 * and so many ranges in any case, as far as the search goes.
 */
const enoughVisits = 4_000_000
const fewRanges = 256

/**
 * Tries to show that no token bucket that is refilled at intervals, whenever these begin, can have given
 * these answers. At t such a bucket holds what a continuous one held at the last refill up to t. So for a
 * range of phases each request has a first and a last refill that it may have come after, and everything
 * else is as for a continuous bucket, in whole refills.
 *
 * Those first and last refills change only where a refill passes a bound of a request. The circle of phases
 * is halved at these, beginning with all of it in one; a range is done when it has a reason. Together the
 * refuted ranges cover the circle: that is the certificate.
 * @param stopAtOpen whether to stop at the first phase that stays possible.
 */
export function refuteRefillTicks(
  index: EvidenceIndex,
  hypothesis: Hypothesis & { refillTickUs: number },
  stopAtOpen: boolean,
): Refutation {
  const requests = new Requests(index, hypothesis)
  const originUs = index.firstUs
  const cuts = criticalPhases(index, originUs, hypothesis.refillTickUs)
  const mostRanges = Math.floor(maxVisits / requests.count)
  const enoughRanges = Math.max(fewRanges, Math.floor(enoughVisits / requests.count))
  return refutePhases({
    hypothesis,
    circleUs: [originUs, originUs + hypothesis.refillTickUs - 1],
    stopAtOpen,
    mostRanges: stopAtOpen ? mostRanges : Math.min(mostRanges, enoughRanges),
    caseFor(fromUs, toUs) {
      const reason = requests.reason(fromUs, toUs)
      return reason && { startUs: [fromUs, toUs], reason }
    },
    cutOf(fromUs, toUs) {
      const from = firstAbove(cuts, fromUs - originUs)
      const after = firstAbove(cuts, toUs - originUs)
      return after > from ? originUs + (cuts[(from + after) >>> 1] as number) : undefined
    },
  })
}

/**
 * The phases, from 0 up to the whole interval, from which on another refill is the last one before some
 * bound: one that comes at the bound is, one that comes a microsecond later is not.
 */
function criticalPhases({ evidence }: EvidenceIndex, originUs: number, tickUs: number): Float64Array {
  const { loUs, hiUs } = evidence
  const n = loUs.length
  const phases = new Float64Array(2 * n + 2)
  for (let i = 0; i < n; i++) {
    phases[i] = modulo((loUs[i] as number) + 1 - originUs, tickUs)
    phases[n + i] = modulo((hiUs[i] as number) + 1 - originUs, tickUs)
  }
  phases[2 * n + 1] = tickUs
  phases.sort()
  return phases.filter((us, k) => us !== phases[k - 1])
}

/** The requests of some evidence, asked about one range of phases after another. */
class Requests {
  readonly count: number
  private readonly index: EvidenceIndex
  private readonly limit: number
  private readonly tickUs: number
  /** What a refill brings and what a unit takes, in the largest parts of which both are whole numbers. */
  private readonly flow: number
  private readonly unit: number
  /** What is closer than this, in parts, is not decided here: 0 where doubles are exact. */
  private readonly margin: number
  /** The first and the last refill that each request may have come after, for the range of phases asked about. */
  private readonly firstOf: Float64Array
  private readonly lastOf: Float64Array
  private readonly orders: Orders

  constructor(
    index: EvidenceIndex,
    { limit, windowUs, refillTickUs }: Hypothesis & { refillTickUs: number },
  ) {
    const count = index.evidence.loUs.length
    this.index = index
    this.limit = limit
    this.tickUs = refillTickUs
    const divisor = greatestCommonDivisor(limit, windowUs)
    const common = greatestCommonDivisor(refillTickUs, windowUs / divisor)
    this.flow = (limit / divisor) * (refillTickUs / common)
    this.unit = windowUs / divisor / common
    const refills = Math.ceil((index.lastUs - index.firstUs) / refillTickUs) + 2
    const largest = refills * this.flow + (index.possible.totalUnits + limit) * this.unit
    this.margin = Number.isSafeInteger(largest) ? 0 : this.unit / 1000
    this.count = Math.max(1, count)
    this.firstOf = new Float64Array(count)
    this.lastOf = new Float64Array(count)
    this.orders = ordersOf(index)
  }

  /** A reason why no refill comes at an instant in [fromUs, toUs], where there is one. */
  reason(fromUs: number, toUs: number): Reason | undefined {
    const { loUs, hiUs } = this.index.evidence
    for (let i = 0; i < loUs.length; i++) {
      this.firstOf[i] = Math.floor(((loUs[i] as number) - toUs) / this.tickUs)
      this.lastOf[i] = Math.floor(((hiUs[i] as number) - fromUs) / this.tickUs)
    }
    return (
      this.overRefill() ?? this.admittedWhenEmpty() ?? this.refusalBeforeAdmission() ?? this.unjustified(toUs)
    )
  }

  /** More let through, surely between two refills, than the bucket holds and what comes meanwhile. */
  private overRefill(): Reason | undefined {
    const { admittedByLo: byLo, admittedByHi: byHi } = this.orders
    const latest = this.fullSince(byLo, this.firstOf)
    for (let m = 0; m < byHi.members.length; m++) {
      const toUs = byHi.us[m] as number
      const k = firstAbove(byLo.us, toUs) - 1
      const needed = (latest.parts[k] as number) + ((byHi.units[m + 1] as number) - this.limit) * this.unit
      const come = (this.lastOf[byHi.members[m] as number] as number) * this.flow
      if (needed <= come + this.margin) continue
      const fromUs = byLo.us[latest.place[k] as number] as number
      return { kind: 'over-refill', rows: this.rowsWithin(byLo, fromUs, toUs) }
    }
    return undefined
  }

  /** Let through although what was surely counted before it had not come in again. */
  private admittedWhenEmpty(): Reason | undefined {
    const { loUs, cost, demand, rows } = this.index.evidence
    const { usedByLo: byLo, usedByHi: byHi } = this.orders
    const latest = this.fullSince(byLo, this.firstOf)
    for (let i = 0; i < loUs.length; i++) {
      if (demand[i] !== Demand.admit && demand[i] !== Demand.vacant) continue
      if ((cost[i] as number) > this.limit) {
        return { kind: 'admitted-when-full', admitted: rows[i] as number, rows: [] }
      }
      const beforeUs = (loUs[i] as number) - 1
      const k = firstAbove(byLo.us, beforeUs) - 1
      if (k < 0) continue
      const units = (byHi.units[firstAbove(byHi.us, beforeUs)] as number) + (cost[i] as number)
      const needed = (latest.parts[k] as number) + (units - this.limit) * this.unit
      if (needed <= (this.lastOf[i] as number) * this.flow + this.margin) continue
      const fromUs = byLo.us[latest.place[k] as number] as number
      return {
        kind: 'admitted-when-full',
        admitted: rows[i] as number,
        rows: this.rowsWithin(byLo, fromUs, beforeUs),
      }
    }
    return undefined
  }

  /** Refused, and one that costs as much let through after it, surely with no refill in between. */
  private refusalBeforeAdmission(): Reason | undefined {
    const { hiUs, cost, rows } = this.index.evidence
    const { lastOf } = this
    const { firstEnding, letThroughByLo: byLo } = this.orders
    for (const j of this.index.refusals) {
      const refill = this.firstOf[j] as number
      for (let m = firstAbove(byLo.us, hiUs[j] as number); m < byLo.members.length; m++) {
        if ((lastOf[firstEnding[m] as number] as number) > refill) break
        const i = byLo.members[m] as number
        if ((lastOf[i] as number) > refill || (cost[i] as number) < (cost[j] as number)) continue
        const [refused, admitted] = [rows[j] as number, rows[i] as number]
        return { kind: 'refusal-before-admission', refused, admitted, betweenRefills: true }
      }
    }
    return undefined
  }

  /**
   * Refused although the bucket held enough, whatever may have been counted before; or the first of some was, for
   * which what the others may use up does not count.
   */
  private unjustified(lastPhaseUs: number): Reason | undefined {
    const { loUs, hiUs, cost, use, rows, hiddenUseUntilUs } = this.index.evidence
    const latest = this.fullSince(this.orders.possibleByHi, this.lastOf)
    const room = (units: number, parts: number) =>
      parts + units * this.unit + this.margin <= this.limit * this.unit
    const { refusals } = this.index
    for (const j of refusals) {
      const lo = loUs[j] as number
      if (lo < hiddenUseUntilUs) continue
      const own = use[j] === Use.never ? 0 : (cost[j] as number)
      const most = this.mostLacking([lo, hiUs[j] as number], this.firstOf[j] as number, own, latest.parts)
      if (!room(cost[j] as number, most)) continue
      return {
        kind: 'unjustified-refusal',
        refused: rows[j] as number,
        unitsAtMost: Math.floor(most / this.unit),
      }
    }
    const first = firstRefusalsByEnd(this.index)
    if (!first) return undefined
    for (let r = 0; r < refusals.length; r++) {
      const fromUs = first.fromUsOf(r)
      if (fromUs === Number.NEGATIVE_INFINITY) continue
      const j = refusals[r] as number
      const refill = Math.floor((fromUs - lastPhaseUs) / this.tickUs)
      const span = [fromUs, hiUs[j] as number] as const
      const most = this.mostLacking(span, refill, first.unitsOf(r), latest.parts)
      if (!room(first.highestCostOf(r), most)) continue
      const some = refusalsUnderWay(this.index, j)
      return some && firstUnjustified(this.index, some, Math.floor(most / this.unit)).reason
    }
    return undefined
  }

  /**
   * What the bucket lacks at most, in parts, for one that is decided in a span, and not before a refill.
   * @param uncounted units of those in the span that do not count.
   * @param latestParts since when it lacks most, for each of those that may be counted, by their upper bounds.
   */
  private mostLacking(
    [fromUs, toUs]: readonly [number, number],
    refill: number,
    uncounted: number,
    latestParts: Float64Array,
  ): number {
    const { possibleByLo: byLo, possibleByHi: byHi } = this.orders
    const started = (byLo.units[firstAbove(byLo.us, toUs)] as number) - uncounted
    // What ends after the request begins may have come at the same refill.
    const ended = firstAtLeast(byHi.us, fromUs)
    const inside = started - (byHi.units[ended] as number)
    const before =
      ended === 0 ? 0 : started * this.unit + (latestParts[ended - 1] as number) - refill * this.flow
    return Math.max(inside * this.unit, before, 0)
  }

  /**
   * For each place in an order, the largest up to there of what had come in by the refill before a request
   * less all that was taken before it: since when the bucket lacks most.
   */
  private fullSince({ members, us, units }: Ordered, refill: Float64Array) {
    const latest = { parts: new Float64Array(members.length), place: new Uint32Array(members.length) }
    let most = Number.NEGATIVE_INFINITY
    let best = 0
    let first = 0
    for (let k = 0; k < members.length; k++) {
      // Of equal bounds the first counts: nothing begins, or ends, before it.
      if (us[k] !== us[first]) first = k
      const value =
        (refill[members[k] as number] as number) * this.flow - (units[first] as number) * this.unit
      if (value > most) {
        most = value
        best = k
      }
      latest.parts[k] = most
      latest.place[k] = best
    }
    return latest
  }

  private rowsWithin({ members, us }: Ordered, fromUs: number, toUs: number): number[] {
    const { hiUs, rows } = this.index.evidence
    return Array.from(members.subarray(firstAtLeast(us, fromUs), firstAbove(us, toUs)))
      .filter((i) => (hiUs[i] as number) <= toUs)
      .map((i) => rows[i] as number)
  }
}
