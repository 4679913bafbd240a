import { Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAtLeast } from '../evidence/search.ts'
import { adjoiningCase } from './adjoining-windows.ts'
import type { Case, Reason, Refutation } from './certificate.ts'
import { type WindowRange, windowReason } from './window-reason.ts'

/** How many ranges of phases are looked at before the search gives up. */
const maxRanges = 20_000

/** Ranges wider than this share of the window are halved; there are always bounds to cut them at. */
const wideShare = 64

/** More refusals than this across one boundary are not looked at one by one. */
const maxStraddlers = 256

/**
 * Tries to show that no fixed window of unknown phase can have given these answers.
 *
 * The circle of phases is cut into ranges; a range is done when one window of it has a reason that
 * holds for the whole range. What cannot be cut further (no request's bound lies inside) and has
 * no reason stays open. Together the refuted ranges cover the circle: that is the certificate.
 * @param stopAtOpen whether to stop at the first phase that stays possible.
 * @param leastUs ranges no wider than this are not cut any further, whatever lies inside.
 */
export function refuteFixedWindow(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  stopAtOpen: boolean,
  leastUs = 0,
): Refutation {
  const { windowUs, limit } = hypothesis
  const wideUs = Math.max(leastUs, Math.floor(windowUs / wideShare))
  const originUs = index.firstUs - windowUs
  const windows = Math.ceil((index.lastUs - originUs) / windowUs) + 1
  const cases: Case[] = []
  const openUs: [number, number][] = []
  const ranges: [number, number][] = [[0, windowUs - 1]]
  let tried = 0
  while (ranges.length > 0) {
    const [from, to] = ranges.pop() as [number, number]
    if (++tried > maxRanges) {
      const left: [number, number][] = [...ranges, [from, to]]
      const untried = left.map(([a, b]): [number, number] => [originUs + a, originUs + b])
      return { refuted: false, openUs: [...openUs, ...untried], exhausted: true }
    }
    const found = caseFor(index, originUs + from, originUs + to, windows, windowUs, limit)
    if (found) {
      cases.push(found)
      continue
    }
    // Halving is enough for as long as ranges are wide; where something changes sides is looked up after that.
    if (to - from > wideUs) {
      const half = Math.floor((from + to) / 2) + 1
      ranges.push([half, to], [from, half - 1])
      continue
    }
    const cut = to - from > leastUs ? criticalPhase(index, windowUs, from, to) : undefined
    if (cut !== undefined) {
      ranges.push([cut, to], [from, cut - 1])
      continue
    }
    // One window says where the excess is; several together only help where none does.
    const together = adjoiningCase(index, hypothesis, originUs + from, originUs + to, windows)
    if (together) {
      cases.push(together)
      continue
    }
    openUs.push([originUs + from, originUs + to])
    if (stopAtOpen) return { refuted: false, openUs, exhausted: false }
  }
  return openUs.length > 0
    ? { refuted: false, openUs, exhausted: false }
    : { refuted: true, hypothesis, cases }
}

function caseFor(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windows: number,
  windowUs: number,
  limit: number,
): Case | undefined {
  for (let k = 0; k < windows; k++) {
    const from = startFromUs + k * windowUs
    const to = startToUs + k * windowUs
    const range: WindowRange = {
      startUs: [from, to],
      beforeUs: [from - windowUs, to - windowUs],
      sureFromUs: to,
    }
    const reason =
      windowReason(index, range, windowUs, limit) ?? straddlingRefusal(index, from, to, windowUs, limit)
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
 * A phase in (from, to], relative to the origin, at which some request changes sides of a boundary: the
 * middle one of those at the first boundary that has any. `undefined` where there is none.
 */
function criticalPhase(
  { firstUs, lastUs, ends, evidence: { loUs } }: EvidenceIndex,
  windowUs: number,
  from: number,
  to: number,
): number | undefined {
  for (let originUs = firstUs - windowUs; originUs + from <= lastUs; originUs += windowUs) {
    // One whose bound is here changes sides with the microsecond after it.
    for (const bounds of [loUs, ends]) {
      const first = firstAtLeast(bounds, originUs + from)
      const after = firstAtLeast(bounds, originUs + to)
      if (after > first) return (bounds[(first + after - 1) >>> 1] as number) + 1 - originUs
    }
  }
  return undefined
}

/** Joins ranges that touch, ascending. */
export function mergeRanges(ranges: readonly [number, number][]): [number, number][] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
