import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Refutation } from './certificate.ts'

/** How many ranges of phases are looked at before a search gives up. */
const maxRanges = 20_000

/** What a search through phases goes by. Ranges are of instants, both ends included. */
export interface PhaseSearch {
  hypothesis: Hypothesis
  /** All phases: one whole period of instants at which a window may start, or a bucket be refilled. */
  circleUs: readonly [fromUs: number, toUs: number]
  /** Numbers of the windows in which a reason may be found. Default: none, where they are not told apart. */
  windows?: readonly number[]
  /** Those of the windows in which one may be found for parts of a range that has none as a whole. Default: all. */
  windowsLeft?(fromUs: number, toUs: number, windows: readonly number[]): readonly number[]
  /** A reason that holds for every phase of a range, in one of the windows. */
  caseFor(fromUs: number, toUs: number, windows: readonly number[]): Case | undefined
  /** Where a range is cut that has none: the first instant of its upper part. `undefined` where it is cut no further. */
  cutOf(fromUs: number, toUs: number, windows: readonly number[]): number | undefined
  /** What is tried at last for a range that is cut no further. */
  lastCaseFor?(fromUs: number, toUs: number, windows: readonly number[]): Case | undefined
  /** Whether to stop at the first phase that stays possible. */
  stopAtOpen: boolean
  /** No more ranges than this are looked at. */
  mostRanges?: number
}

/** A range of phases, and the windows that are looked at for it. */
interface Range {
  us: [fromUs: number, toUs: number]
  windows: readonly number[]
}

/**
 * Tries to show that no phase can have given some answers. A range of phases is done when a reason holds for
 * all of it, else it is cut; what cannot be cut any further and has no reason stays open. Together the ranges
 * that are done cover the circle: that is the certificate.
 */
export function refutePhases({ hypothesis, circleUs, stopAtOpen, ...search }: PhaseSearch): Refutation {
  const mostRanges = Math.min(maxRanges, search.mostRanges ?? maxRanges)
  const cases: Case[] = []
  const openUs: [number, number][] = []
  const ranges: Range[] = [{ us: [...circleUs], windows: search.windows ?? [] }]
  for (let tried = 1; ranges.length > 0; tried++) {
    if (tried > mostRanges) {
      return { refuted: false, openUs: [...openUs, ...ranges.map(({ us }) => us)], exhausted: true }
    }
    const { us, windows } = ranges.pop() as Range
    const [fromUs, toUs] = us
    const found = search.caseFor(fromUs, toUs, windows)
    const left = found ? windows : (search.windowsLeft?.(fromUs, toUs, windows) ?? windows)
    const cutUs = found ? undefined : search.cutOf(fromUs, toUs, left)
    if (cutUs !== undefined) {
      ranges.push({ us: [cutUs, toUs], windows: left }, { us: [fromUs, cutUs - 1], windows: left })
      continue
    }
    const last = found ?? search.lastCaseFor?.(fromUs, toUs, left)
    if (last) {
      cases.push(last)
      continue
    }
    openUs.push(us)
    if (stopAtOpen) return { refuted: false, openUs, exhausted: false }
  }
  return openUs.length > 0
    ? { refuted: false, openUs, exhausted: false }
    : { refuted: true, hypothesis, cases }
}

/** The first instant of the upper half of a range. */
export function upperHalf(fromUs: number, toUs: number): number {
  return Math.floor((fromUs + toUs) / 2) + 1
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
