import type { Case, Reason, Refutation } from './certificate.ts'
import type { EvidenceIndex } from './evidence-index.ts'
import type { Hypothesis } from './hypothesis.ts'
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
 */
export function refuteFixedWindow(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  stopAtOpen: boolean,
): Refutation {
  const { windowUs, limit } = hypothesis
  // Halving is enough for as long as ranges are wide; where something changes sides is looked up after that.
  let critical: Float64Array | undefined
  const wideUs = Math.floor(windowUs / wideShare)
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
    if (to - from > wideUs) {
      const half = Math.floor((from + to) / 2) + 1
      ranges.push([half, to], [from, half - 1])
      continue
    }
    critical ??= criticalPhases(index, windowUs)
    const cut = middleCritical(critical, from, to)
    if (cut === undefined) {
      openUs.push([originUs + from, originUs + to])
      if (stopAtOpen) return { refuted: false, openUs, exhausted: false }
    } else {
      ranges.push([cut, to], [from, cut - 1])
    }
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
  const { loUs, hiUs, cost, rows } = index.evidence
  const nearby = index.refusalsStarting(startFromUs - windowUs, startToUs - 1)
  for (const i of nearby.subarray(Math.max(0, nearby.length - maxStraddlers))) {
    const hi = hiUs[i] as number
    // Beyond the next boundary a third window would have to be looked at.
    if (hi < startFromUs || hi > startFromUs + windowUs - 1 || (loUs[i] as number) < startToUs - windowUs)
      continue
    const before = index.possibleBeside(i, startFromUs - windowUs, Math.min(hi, startToUs - 1))
    const after = index.possibleBeside(i, startFromUs, hi)
    const unitsAtMost = Math.max(before, after)
    if (unitsAtMost + (cost[i] as number) <= limit) {
      return { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost }
    }
  }
  return undefined
}

/** The phases at which some request changes sides of a boundary, ascending, relative to the origin. */
function criticalPhases(index: EvidenceIndex, windowUs: number): Float64Array {
  const { loUs, hiUs } = index.evidence
  const originUs = index.firstUs - windowUs
  const phases = new Float64Array(2 * loUs.length)
  for (let i = 0; i < loUs.length; i++) {
    phases[2 * i] = ((loUs[i] as number) + 1 - originUs) % windowUs
    phases[2 * i + 1] = ((hiUs[i] as number) + 1 - originUs) % windowUs
  }
  return phases.sort()
}

/** The middle one of the critical phases in (from, to]; `undefined` where there is none. */
function middleCritical(critical: Float64Array, from: number, to: number): number | undefined {
  let low = 0
  let high = critical.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((critical[middle] as number) > from) high = middle
    else low = middle + 1
  }
  const first = low
  high = critical.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((critical[middle] as number) > to) high = middle
    else low = middle + 1
  }
  return low > first ? critical[(first + low - 1) >>> 1] : undefined
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
