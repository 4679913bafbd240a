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
  /** No more windows than this are looked at, over all ranges. */
  mostLooks?: number
}

/** A range of phases, and the windows that are looked at for it. */
interface Range {
  us: [fromUs: number, toUs: number]
  windows: readonly number[]
}

/**
 * Tries to show that no phase can have given some answers. A range of phases is done when a reason holds for
 * all of it, else it is cut; what cannot be cut any further and has no reason stays open. Together the ranges
 * that are done cover the circle: that is the certificate. Ranges that stay open come out ascending.
 */
export function refutePhases({ hypothesis, circleUs, stopAtOpen, ...search }: PhaseSearch): Refutation {
  const mostRanges = Math.min(maxRanges, search.mostRanges ?? maxRanges)
  const cases: Case[] = []
  const openUs: [number, number][] = []
  const { mostLooks = Number.POSITIVE_INFINITY } = search
  const ranges: Range[] = [{ us: [...circleUs], windows: search.windows ?? [] }]
  let first = 0
  let looks = 0
  // One that is open is soon found in the depth; where all are wanted, what is given up in the end should be narrow.
  const next = () => (stopAtOpen ? ranges.pop() : ranges[first++]) as Range
  for (let tried = 1; first < ranges.length; tried++) {
    const { us, windows } = next()
    looks += windows.length
    if (tried > mostRanges || looks > mostLooks) {
      const left = ranges.slice(first).map((range) => range.us)
      return { refuted: false, openUs: ascending([...openUs, us, ...left]), exhausted: true }
    }
    const [fromUs, toUs] = us
    const found = search.caseFor(fromUs, toUs, windows)
    const left = found ? windows : (search.windowsLeft?.(fromUs, toUs, windows) ?? windows)
    const cutUs = found ? undefined : search.cutOf(fromUs, toUs, left)
    if (cutUs !== undefined) {
      const lower: Range = { us: [fromUs, cutUs - 1], windows: left }
      const upper: Range = { us: [cutUs, toUs], windows: left }
      ranges.push(...(stopAtOpen ? [upper, lower] : [lower, upper]))
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
    ? { refuted: false, openUs: ascending(openUs), exhausted: false }
    : { refuted: true, hypothesis, cases }
}

/** The first instant of the upper half of a range. */
export function upperHalf(fromUs: number, toUs: number): number {
  return Math.floor((fromUs + toUs) / 2) + 1
}

function ascending(ranges: readonly [number, number][]): [number, number][] {
  return ranges.toSorted((a, b) => a[0] - b[0])
}

/** Joins ranges that touch, ascending. */
export function mergeRanges(ranges: readonly [number, number][]): [number, number][] {
  const merged: [number, number][] = []
  for (const [from, to] of ascending(ranges)) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
