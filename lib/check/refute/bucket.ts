import { Demand, Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAbove, firstAtLeast } from '../evidence/search.ts'
import type { Case, Refutation } from './certificate.ts'
import { firstUnjustified, refusalsUnderWay } from './first-refusals.ts'
import { rowsWithin } from './window-reason.ts'

/** Doubles are exact to far less than this, in microseconds; what is closer is not decided here. */
const marginUs = 0.01

/**
 * Tries to show that no bucket of `limit` tokens, refilled at `limit` per window, can have given these
 * answers: GCRA and the continuous token bucket, which decide alike. In any span a bucket lets through
 * at most what it holds and what flows in; it refuses only while it lacks tokens.
 *
 * Everything is a maximum over the start of a span, of a sum of one term for each end (max-plus), so
 * each question takes O(log n).
 */
export function refuteBucket(index: EvidenceIndex, hypothesis: Hypothesis): Refutation {
  const reason =
    overAdmission(index, hypothesis) ?? admittedWhenEmpty(index, hypothesis) ?? unjustified(index, hypothesis)
  if (!reason) return { refuted: false, openUs: [], exhausted: false }
  return { refuted: true, hypothesis, cases: [reason] }
}

/** A set of requests by both ends of their intervals, with prefix maxima over spans. */
interface Spans {
  lo: Float64Array
  hi: Float64Array
  unitsByLo: Float64Array
  unitsByHi: Float64Array
  /** For the k-th lower bound s: the largest of `s - (units that start before s)·T` up to it … */
  latestByLo: Float64Array
  /** … and which bound that is. */
  bestLo: Float64Array
  /** For the k-th upper bound s: the largest of `s - (units that end before s)·T` up to it. */
  latestByHi: Float64Array
}

/** What of a set of requests does not depend on how fast the bucket is refilled, ascending by one of their bounds. */
interface Ordered {
  at: Float64Array
  /** Units of the first k. */
  units: Float64Array
  /** Units of those before the first of the same bound: nothing starts, or ends, before it. */
  unitsBefore: Float64Array
}

type Kept = 'let through' | 'surely counted' | 'possibly counted'

/** Neighbouring limits and windows are asked about the same requests: they are put in order once. */
const orders = new WeakMap<EvidenceIndex, Map<Kept, { byLo: Ordered; byHi: Ordered }>>()

function ordersOf(index: EvidenceIndex, kept: Kept): { byLo: Ordered; byHi: Ordered } {
  const ofIndex = orders.get(index) ?? new Map<Kept, { byLo: Ordered; byHi: Ordered }>()
  orders.set(index, ofIndex)
  const known = ofIndex.get(kept)
  if (known) return known
  const { loUs, hiUs, cost, demand, use } = index.evidence
  const isKept: Record<Kept, (i: number) => boolean> = {
    'let through': (i) => demand[i] === Demand.admit,
    'surely counted': (i) => use[i] === Use.surely,
    'possibly counted': (i) => use[i] !== Use.never,
  }
  const members: number[] = []
  for (let i = 0; i < loUs.length; i++) if (isKept[kept](i)) members.push(i)
  const ordered = (bound: Float64Array): Ordered => {
    const order = Uint32Array.from(members).sort((a, b) => (bound[a] as number) - (bound[b] as number))
    const at = Float64Array.from(order, (i) => bound[i] as number)
    const units = new Float64Array(order.length + 1)
    const unitsBefore = new Float64Array(order.length)
    for (let k = 0; k < order.length; k++) {
      units[k + 1] = (units[k] as number) + (cost[order[k] as number] as number)
      unitsBefore[k] = (k > 0 && at[k] === at[k - 1] ? unitsBefore[k - 1] : units[k]) as number
    }
    return { at, units, unitsBefore }
  }
  const both = { byLo: ordered(loUs), byHi: ordered(hiUs) }
  ofIndex.set(kept, both)
  return both
}

function spansOf(index: EvidenceIndex, intervalUs: number, kept: Kept): Spans {
  const latestOf = ({ at, unitsBefore }: Ordered) => {
    const latest = new Float64Array(at.length)
    const best = new Float64Array(at.length)
    let most = Number.NEGATIVE_INFINITY
    let bestUs = 0
    for (let k = 0; k < at.length; k++) {
      const value = (at[k] as number) - (unitsBefore[k] as number) * intervalUs
      if (value > most) {
        most = value
        bestUs = at[k] as number
      }
      latest[k] = most
      best[k] = bestUs
    }
    return { latest, best }
  }
  const { byLo, byHi } = ordersOf(index, kept)
  const { latest, best } = latestOf(byLo)
  return {
    lo: byLo.at,
    hi: byHi.at,
    unitsByLo: byLo.units,
    unitsByHi: byHi.units,
    latestByLo: latest,
    bestLo: best,
    latestByHi: latestOf(byHi).latest,
  }
}

/** More let through, surely within one span, than the bucket holds and what flows in meanwhile. */
function overAdmission(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const intervalUs = windowUs / limit
  const spans = spansOf(index, intervalUs, 'let through')
  for (let m = 0; m < spans.hi.length; m++) {
    const toUs = spans.hi[m] as number
    const k = firstAbove(spans.lo, toUs) - 1
    const units = spans.unitsByHi[firstAbove(spans.hi, toUs)] as number
    if ((spans.latestByLo[k] as number) + (units - limit) * intervalUs <= toUs + marginUs) continue
    const fromUs = spans.bestLo[k] as number
    const enough = limit + Math.floor((toUs - fromUs) / intervalUs)
    const rows = rowsWithin(index, fromUs, toUs, enough, Demand.admit)
    return { reason: { kind: 'over-refill', rows } }
  }
  return undefined
}

/** Let through although what was surely counted before it had not flowed in again. */
function admittedWhenEmpty(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const { loUs, hiUs, cost, demand, rows } = index.evidence
  const intervalUs = windowUs / limit
  const spans = spansOf(index, intervalUs, 'surely counted')
  for (let i = 0; i < loUs.length; i++) {
    if (demand[i] !== Demand.admit && demand[i] !== Demand.vacant) continue
    // What a full bucket does not hold is never let through, whatever came before.
    if ((cost[i] as number) > limit) {
      return { reason: { kind: 'admitted-when-full', admitted: rows[i] as number, rows: [] } }
    }
    const beforeUs = (loUs[i] as number) - 1
    const k = firstAbove(spans.lo, beforeUs) - 1
    if (k < 0) continue
    const units = (spans.unitsByHi[firstAbove(spans.hi, beforeUs)] as number) + (cost[i] as number)
    const opensUs = (spans.latestByLo[k] as number) + (units - limit) * intervalUs
    if (opensUs <= (hiUs[i] as number) + marginUs) continue
    const surely = rowsWithin(index, spans.bestLo[k] as number, beforeUs, Number.POSITIVE_INFINITY, undefined)
    return { reason: { kind: 'admitted-when-full', admitted: rows[i] as number, rows: surely } }
  }
  return undefined
}

/** Refused although the bucket held enough, whatever may have been counted before. */
function unjustified(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const { loUs, hiUs, cost, use, rows, hiddenUseUntilUs } = index.evidence
  const intervalUs = windowUs / limit
  const spans = spansOf(index, intervalUs, 'possibly counted')
  /** What the bucket lacks at most for one that is decided in [lo, hi], in units, where so many do not count. */
  const lackedAtMost = (lo: number, hi: number, uncounted: number) => {
    const started = (spans.unitsByLo[firstAbove(spans.lo, hi)] as number) - uncounted
    const inside = started - (spans.unitsByHi[firstAtLeast(spans.hi, lo)] as number)
    const k = firstAtLeast(spans.hi, lo) - 1
    // Where nothing is lacking any more, or never was, all numbers are whole.
    const lackedUs = k < 0 ? 0 : (spans.latestByHi[k] as number) + started * intervalUs - lo + marginUs
    return Math.max(inside, lackedUs / intervalUs, 0)
  }
  for (const i of index.refusals) {
    const lo = loUs[i] as number
    if (lo < hiddenUseUntilUs) continue
    const most = lackedAtMost(lo, hiUs[i] as number, use[i] === Use.never ? 0 : (cost[i] as number))
    if (most + (cost[i] as number) <= limit) {
      return {
        reason: { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost: Math.floor(most) },
      }
    }
  }
  for (const i of index.refusals) {
    const some = refusalsUnderWay(index, i)
    if (!some) continue
    const most = lackedAtMost(some.fromUs, some.byUs, some.units)
    if (most + some.highestCost <= limit) return firstUnjustified(index, some, Math.floor(most))
  }
  return undefined
}
