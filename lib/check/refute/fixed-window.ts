import { Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAtLeast } from '../evidence/search.ts'
import { adjoiningCase, mostAdjoining } from './adjoining-windows.ts'
import { allWindows, busyWindows, withNeighbours } from './busy-windows.ts'
import type { Case, Reason, Refutation } from './certificate.ts'
import { refutePhases, upperHalf } from './phases.ts'
import { type WindowRange, windowReason } from './window-reason.ts'

/** Ranges wider than this share of the window are halved; there are always bounds to cut them at. */
const wideShare = 64

/**
 * Where all phases that stay possible are wanted, as places to start a search from, so many windows are looked at,
 * over all ranges of phases: thousands of windows leave thousands of narrow ranges.
 */
const mostLooks = 1_000_000

/** More refusals than this across one boundary are not looked at one by one. */
const maxStraddlers = 256

/**
 * Tries to show that no fixed window of unknown phase can have given these answers.
 *
 * A range of phases is done when one window of it has a reason that holds for the whole range. What cannot be
 * cut further (no request's bound lies inside) and has no reason stays open.
 * @param stopAtOpen whether to stop at the first phase that stays possible.
 * @param narrowestUs ranges no wider than this are not cut any further, whatever lies inside.
 */
export function refuteFixedWindow(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  stopAtOpen: boolean,
  narrowestUs = 0,
): Refutation {
  const { windowUs, limit } = hypothesis
  const wideUs = Math.max(narrowestUs, Math.floor(windowUs / wideShare))
  const firstUs = index.firstUs - windowUs
  const windows = Math.ceil((index.lastUs - firstUs) / windowUs) + 1
  return refutePhases({
    hypothesis,
    circleUs: [firstUs, firstUs + windowUs - 1],
    stopAtOpen,
    ...(!stopAtOpen && { mostLooks }),
    windows: allWindows(windows),
    windowsLeft: (fromUs, toUs, among) =>
      toUs - fromUs > wideUs ? busyWindows(index, hypothesis, [fromUs, toUs], among, 1) : among,
    caseFor: (fromUs, toUs, among) => caseFor(index, fromUs, toUs, among, windowUs, limit),
    cutOf(fromUs, toUs, among) {
      if (among.length === 0) return undefined
      // Halving is enough for as long as ranges are wide; where something changes sides is looked up after that.
      if (toUs - fromUs > wideUs) return upperHalf(fromUs, toUs)
      return toUs - fromUs > narrowestUs ? criticalPhase(index, windowUs, fromUs, toUs, among) : undefined
    },
    // One window says where the excess is; several together only help where none does.
    lastCaseFor: (fromUs, toUs, among) => adjoiningCase(index, hypothesis, fromUs, toUs, among),
  })
}

function caseFor(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windows: readonly number[],
  windowUs: number,
  limit: number,
): Case | undefined {
  for (const k of windows) {
    const from = startFromUs + k * windowUs
    const to = startToUs + k * windowUs
    const range: WindowRange = {
      startUs: [from, to],
      beforeUs: [from - windowUs, to - windowUs],
      sureFromUs: to,
    }
    const reason =
      windowReason(index, range, windowUs, limit)?.() ?? straddlingRefusal(index, from, to, windowUs, limit)
    if (reason) return { startUs: [from, to], reason }
  }
  return undefined
}

/** A refusal that may lie on either side of the start, and finds too little counted on both. */
function straddlingRefusal(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windowUs: number,
  limit: number,
): Reason | undefined {
  const { loUs, hiUs, cost, use, rows } = index.evidence
  const fromUs = Math.max(startFromUs - windowUs, startFromUs - index.longestRefusalUs)
  const nearby = index.refusalsStarting(fromUs, startToUs - 1)
  if (nearby.length === 0) return undefined
  // So much can have been counted before all of them: mostly enough for a refusal there.
  const unitsAtLeast = index.possible.possiblyWithin(
    startFromUs - windowUs,
    Math.min(startFromUs, startToUs - 1),
  )
  for (const i of nearby.subarray(Math.max(0, nearby.length - maxStraddlers))) {
    const hi = hiUs[i] as number
    // Beyond the next boundary a third window would have to be looked at.
    if (hi < startFromUs || hi > startFromUs + windowUs - 1 || (loUs[i] as number) < startToUs - windowUs)
      continue
    if (unitsAtLeast + (use[i] === Use.never ? (cost[i] as number) : 0) > limit) continue
    const before = index.possibleBeside(i, startFromUs - windowUs, Math.min(hi, startToUs - 1))
    const after = index.possibleBeside(i, startFromUs, hi)
    const unitsAtMost = Math.max(before, after)
    if (unitsAtMost + (cost[i] as number) <= limit) {
      return { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost }
    }
  }
  return undefined
}

/**
 * A start in (from, to] at which some request changes sides of a boundary of one of the windows, of the one before
 * or of those that adjoin it: the middle one of those at the first boundary that has any. `undefined` where there
 * is none.
 */
function criticalPhase(
  { ends, evidence: { loUs } }: EvidenceIndex,
  windowUs: number,
  fromUs: number,
  toUs: number,
  windows: readonly number[],
): number | undefined {
  for (const k of withNeighbours(windows, mostAdjoining, mostAdjoining)) {
    const shiftUs = k * windowUs
    // One whose bound is here changes sides with the microsecond after it.
    const begun = firstAtLeast(loUs, fromUs + shiftUs)
    const begunBy = firstAtLeast(loUs, toUs + shiftUs)
    if (begunBy > begun) return (loUs[(begun + begunBy - 1) >>> 1] as number) + 1 - shiftUs
    const ended = ends.firstAtLeast(fromUs + shiftUs)
    const endedBy = ends.firstAtLeast(toUs + shiftUs)
    if (endedBy > ended) return ends.at((ended + endedBy - 1) >>> 1) + 1 - shiftUs
  }
  return undefined
}
