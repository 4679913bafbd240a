import { Demand } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAtLeast } from '../evidence/search.ts'
import { adjoiningCase } from './adjoining-windows.ts'
import { allWindows, busyWindows } from './busy-windows.ts'
import type { Case, Reason, Refutation } from './certificate.ts'
import { firstRefusalsByEnd, firstUnjustified, refusalsUnderWay } from './first-refusals.ts'
import { refutePhases, upperHalf } from './phases.ts'
import { rowsWithin } from './window-reason.ts'

/** Which windows are busy is asked again for parts of ranges wider than this share of the window. */
const wideShare = 64

/** Ranges of phases narrower than this share of the window are not cut any further. */
const finest = 1 / 50_000

/**
 * Where all that stays open is wanted, as a place to start from for a search, up to so many ranges are told
 * apart, and up to so many that stay open are narrowed down further: fewer where there are many windows to
 * look at for each.
 */
const coarseRanges = 1_000
const fewRanges = 64

/** So many windows are looked at for that, over all ranges. */
const maxLooks = 400_000

/**
 * Tries to show that no sliding counter of unknown phase can have given these answers, whichever
 * way it rounds. The count of the previous window, weighted with what is left of it in the span of
 * one window back from now, is added to the current one. A counter never lets more than `limit`
 * through in one aligned window, so the reasons of a fixed window about too much hold here too;
 * those about too little do not.
 *
 * Ranges of phases are halved until a reason holds for all of a range or it is very narrow.
 * @param narrowestUs ranges no wider than this are not cut any further.
 */
export function refuteSlidingCounter(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  stopAtOpen: boolean,
  narrowestUs = 0,
): Refutation {
  const { windowUs } = hypothesis
  const firstUs = index.firstUs - windowUs
  const windows = Math.ceil((index.lastUs - firstUs) / windowUs) + 1
  const rangesAtMost = Math.min(coarseRanges, Math.max(fewRanges, Math.ceil(maxLooks / windows)))
  const wideUs = Math.floor(windowUs / wideShare)
  const narrowUs = Math.max(1, narrowestUs, stopAtOpen ? windowUs * finest : windowUs / rangesAtMost)
  const circleUs = [firstUs, firstUs + windowUs - 1] as const
  const all = allWindows(windows)
  const refutation = refutePhases({
    hypothesis,
    circleUs,
    stopAtOpen,
    windows: all,
    windowsLeft: (fromUs, toUs, among) =>
      toUs - fromUs > wideUs ? busyWindows(index, hypothesis, [fromUs, toUs], among, 2) : among,
    caseFor: (fromUs, toUs, among) => caseFor(index, hypothesis, fromUs, toUs, among),
    cutOf: (fromUs, toUs, among) =>
      toUs - fromUs < narrowUs || among.length === 0 ? undefined : upperHalf(fromUs, toUs),
    // One window says where the excess is; several together only help where none does.
    lastCaseFor: (fromUs, toUs, among) => adjoiningCase(index, hypothesis, fromUs, toUs, among),
  })
  if (refutation.refuted || refutation.exhausted || stopAtOpen) return refutation
  return {
    ...refutation,
    openUs: narrowed(index, hypothesis, refutation.openUs, busyWindows(index, hypothesis, circleUs, all, 2)),
  }
}

/**
 * Halves open ranges for as long as they are few, and drops the halves that a reason excludes.
 * @param windows numbers of those in which one may be found.
 */
function narrowed(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  openUs: readonly [number, number][],
  windows: readonly number[],
): [number, number][] {
  if (windows.length === 0) return [...openUs]
  const narrowestUs = Math.max(1, hypothesis.windowUs * finest)
  let ranges = [...openUs]
  const few = Math.min(fewRanges, maxLooks / 8 / windows.length)
  while (ranges.length <= few && ranges.some(([from, to]) => to - from >= narrowestUs)) {
    const halves = ranges.flatMap(([from, to]): [number, number][] => {
      const cut = upperHalf(from, to)
      return to > from
        ? [
            [from, cut - 1],
            [cut, to],
          ]
        : [[from, to]]
    })
    const open = halves.filter(([from, to]) => !caseFor(index, hypothesis, from, to, windows))
    if (open.length === 0) break
    ranges = open
  }
  return ranges
}

function caseFor(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  startFromUs: number,
  startToUs: number,
  windows: readonly number[],
): Case | undefined {
  const { windowUs } = hypothesis
  for (const k of windows) {
    const from = startFromUs + k * windowUs
    const to = startToUs + k * windowUs
    const reason = counterReason(index, from, to, hypothesis)
    if (reason) return { startUs: [from, to], reason }
  }
  return undefined
}

function counterReason(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  { limit, windowUs }: Hypothesis,
): Reason | undefined {
  return (
    tooMuch(index, startFromUs, startToUs, windowUs, limit) ??
    tooLittle(index, startFromUs, startToUs, windowUs, limit)
  )
}

/**
 * Let through although the counts, with the least the previous window can add, were used up. What may lie on
 * either side of the start weighs least in the previous window, but it does weigh.
 */
function tooMuch(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windowUs: number,
  limit: number,
): Reason | undefined {
  const sureTo = startFromUs + windowUs - 1
  if (startToUs > sureTo) return undefined
  if (index.admitted.surelyWithin(startToUs, sureTo) > limit) {
    return {
      kind: 'over-admission',
      windows: 1,
      rows: rowsWithin(index, startToUs, sureTo, limit, Demand.admit),
    }
  }
  const { loUs, hiUs, cost, demand, rows, unitCost } = index.evidence
  // Whatever is counted in the window, with all that is carried over, leaves room for one more.
  const most = index.used.surelyWithin(startToUs - windowUs, sureTo)
  if (unitCost !== undefined && most + unitCost <= limit) return undefined
  const usedBy = index.used.surelyFrom(startToUs)
  const usedInBothBy = index.used.surelyFrom(startToUs - windowUs)
  for (let i = firstAtLeast(loUs, startToUs); i < loUs.length && (loUs[i] as number) <= sureTo; i++) {
    if (demand[i] !== Demand.admit && demand[i] !== Demand.vacant) continue
    const lo = loUs[i] as number
    const hi = hiUs[i] as number
    if (hi > sureTo) continue
    // The later in the window, the less of the previous one is left.
    const used = usedBy(lo - 1)
    const before = Math.max(0, usedInBothBy(lo - 1) - used)
    const carriedUnits = Math.max(0, Math.floor((before * (windowUs - (hi - startFromUs))) / windowUs))
    if (carriedUnits + used + (cost[i] as number) > limit) {
      return {
        kind: 'admitted-when-full',
        admitted: rows[i] as number,
        rows: rowsWithin(index, startToUs, lo - 1, Number.POSITIVE_INFINITY, undefined),
        carriedUnits,
      }
    }
  }
  return undefined
}

/**
 * Refused although the counts, with the most the previous window can add, left room. What may lie on either
 * side of the start weighs most in the window itself, and does not weigh twice.
 */
function tooLittle(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windowUs: number,
  limit: number,
): Reason | undefined {
  const { loUs, hiUs, cost, rows } = index.evidence
  const before =
    index.possible.possiblyWithin(startFromUs - windowUs, startFromUs) -
    index.possible.possiblyWithin(startFromUs, startFromUs)
  const lastUs = startFromUs + windowUs - 1
  const possibleBy = index.possible.possiblyFrom(startFromUs)
  for (const i of index.refusalsStarting(startToUs, lastUs)) {
    const hi = hiUs[i] as number
    if (hi > lastUs) continue
    const elapsedUs = (loUs[i] as number) - startToUs
    const carried = Math.ceil((before * (windowUs - elapsedUs)) / windowUs)
    // Mostly what can have come before it leaves no room, whatever came beside it.
    if (carried + possibleBy((loUs[i] as number) - 1) + (cost[i] as number) > limit) continue
    const unitsAtMost = carried + index.possibleBeside(i, startFromUs, hi)
    if (unitsAtMost + (cost[i] as number) <= limit) {
      return { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost }
    }
  }
  return tooLittleForFirst(index, [startFromUs, startToUs], { windowUs, limit }, before)
}

/**
 * Of some refusals in the window, the one that came first: what the others may use up does not count for it.
 * @param before units that may have been counted in the window before, and not in this one.
 */
function tooLittleForFirst(
  index: EvidenceIndex,
  [startFromUs, startToUs]: readonly [number, number],
  { windowUs, limit }: Pick<Hypothesis, 'windowUs' | 'limit'>,
  before: number,
): Reason | undefined {
  const first = firstRefusalsByEnd(index)
  if (!first) return undefined
  const { evidence, refusals, possible } = index
  const lastUs = startFromUs + windowUs - 1
  const [from, end] = index.refusalPlaces(startToUs, lastUs)
  for (let r = from; r < end; r++) {
    const i = refusals[r] as number
    const byUs = evidence.hiUs[i] as number
    if (byUs > lastUs) continue
    const fromUs = first.fromUsOf(r)
    if (fromUs < startToUs) continue
    const carried = Math.ceil((before * (windowUs - (fromUs - startToUs))) / windowUs)
    const cost = first.highestCostOf(r)
    if (carried + cost > limit) continue
    const unitsAtMost = carried + possible.possiblyWithin(startFromUs, byUs) - first.unitsOf(r)
    if (unitsAtMost + cost > limit) continue
    const some = refusalsUnderWay(index, i)
    return some && firstUnjustified(index, some, unitsAtMost).reason
  }
  return undefined
}
