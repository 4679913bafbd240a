import type { CaseFile } from '../evidence/case-file.ts'
import type { Cell } from '../evidence/cell.ts'
import { type Hypothesis, phasePeriodUs } from '../evidence/hypothesis.ts'
import type { PhaseRange } from '../order/order-search.ts'
import { mergeRanges } from '../refute/phases.ts'
import { settle } from './settle.ts'

/** How many window starts of one limiter are tried in search of a witness. */
const mostStarts = 8

/** How many are tried on the limiter by itself to find those. */
const mostAlone = 64

/** How often a limiter is settled by itself before a start is given up. */
const mostRounds = 400

/** Ranges in which a window may start, as far as no reason excludes them; `undefined`: anywhere. */
export function rangesToTry(
  file: CaseFile,
  cell: Cell,
  hypothesis: Hypothesis,
): readonly (PhaseRange | undefined)[] {
  if (phasePeriodUs(hypothesis) === undefined) return [undefined]
  const ranges = mergeRanges(file.openStarts(cell, hypothesis))
  return ranges.length === 0 ? [undefined] : spread(ranges, mostStarts)
}

/**
 * Instants at which a window may start, spread over those that no reason excludes: first those that
 * explain the limiter by itself.
 */
export function startsToTry(file: CaseFile, cell: Cell, hypothesis: Hypothesis): readonly number[] {
  if (phasePeriodUs(hypothesis) === undefined) return []
  const middles = file.openStarts(cell, hypothesis).map(([from, to]) => Math.floor((from + to) / 2))
  if (hypothesis.algorithm === 'fixed-window') return spread(middles, mostStarts)
  const alone: number[] = []
  for (const startUs of scattered(spread(middles, mostAlone))) {
    if (settlesAlone(file, cell, hypothesis, startUs)) alone.push(startUs)
    if (alone.length === mostStarts) break
  }
  return alone.length > 0 ? alone.sort((a, b) => a - b) : spread(middles, mostStarts)
}

/** The same items, in an order in which the first few of them are spread over all, however few they are. */
function* scattered<Item>(items: readonly Item[]): Generator<Item> {
  // The golden ratio's multiples are never far from evenly spread.
  const taken = new Set<number>()
  for (let k = 0; taken.size < items.length; k++) {
    let place = Math.floor(((k * 0.618_033_988_749_895) % 1) * items.length)
    while (taken.has(place)) place = (place + 1) % items.length
    taken.add(place)
    yield items[place] as Item
  }
}

/** Ranges of instants at which a window may start, ascending and apart; none where it has no start. */
export function openRanges(
  file: CaseFile,
  cell: Cell,
  hypothesis: Hypothesis,
): readonly (readonly [from: number, to: number])[] {
  return phasePeriodUs(hypothesis) === undefined ? [] : mergeRanges(file.openStarts(cell, hypothesis))
}

/** Instants at which a window may start, spread over those that no reason excludes. */
export function openStartsToTry(
  file: CaseFile,
  cell: Cell,
  hypothesis: Hypothesis,
  most: number,
): readonly number[] {
  if (phasePeriodUs(hypothesis) === undefined) return []
  const middles = file.openStarts(cell, hypothesis).map(([from, to]) => Math.floor((from + to) / 2))
  return spread(middles, most)
}

/**
 * Instants at which the windows of several limiters may all start, spread over those that no reason
 * excludes for any of them: limiters whose windows are equally long often share their starts, as where
 * these are full minutes. None where windows differ in length, or fewer than two have a start.
 */
export function sharedStarts(
  file: CaseFile,
  limiters: readonly { cell: Cell; hypothesis: Hypothesis }[],
): readonly number[] {
  const middles = sharedRanges(file, limiters).map(([from, to]) => Math.floor((from + to) / 2))
  return spread(middles, mostStarts)
}

/** The same as so many instants, evenly spread over all those ranges, ascending. */
export function evenSharedStarts(
  file: CaseFile,
  limiters: readonly { cell: Cell; hypothesis: Hypothesis }[],
  most: number,
): readonly number[] {
  const ranges = sharedRanges(file, limiters)
  const lengthUs = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  const starts: number[] = []
  let beforeUs = 0
  for (const [from, to] of ranges) {
    for (let us = ((starts.length + 0.5) * lengthUs) / most - beforeUs; us < to - from + 1; ) {
      starts.push(from + Math.floor(us))
      us = ((starts.length + 0.5) * lengthUs) / most - beforeUs
    }
    beforeUs += to - from + 1
  }
  return starts
}

/** Ranges of instants at which the windows of several limiters may all start; see `sharedStarts`. */
function sharedRanges(
  file: CaseFile,
  limiters: readonly { cell: Cell; hypothesis: Hypothesis }[],
): readonly [from: number, to: number][] {
  const periodic = limiters.filter(({ hypothesis }) => phasePeriodUs(hypothesis) !== undefined)
  const [periodUs, ...others] = new Set(periodic.map(({ hypothesis }) => phasePeriodUs(hypothesis)))
  if (periodUs === undefined || others.length > 0 || periodic.length < 2) return []
  let common: readonly [from: number, to: number][] = [[0, periodUs - 1]]
  for (const { cell, hypothesis } of periodic) {
    common = inBoth(common, withinPeriod(file.openStarts(cell, hypothesis), periodUs))
  }
  return common
}

/** Ranges of instants as those of a phase, ascending and apart. */
function withinPeriod(ranges: readonly [from: number, to: number][], periodUs: number): [number, number][] {
  return mergeRanges(
    ranges.flatMap(([from, to]): [number, number][] => {
      const start = ((from % periodUs) + periodUs) % periodUs
      const end = start + Math.min(to - from, periodUs - 1)
      if (end < periodUs) return [[start, end]]
      return [
        [start, periodUs - 1],
        [0, end - periodUs],
      ]
    }),
  )
}

/** What lies in a range of one list and in one of the other; both are ascending. */
function inBoth(one: readonly [number, number][], other: readonly [number, number][]): [number, number][] {
  const both: [number, number][] = []
  for (let [i, j] = [0, 0]; i < one.length && j < other.length; ) {
    const [a, b] = [one[i], other[j]] as [[number, number], [number, number]]
    const from = Math.max(a[0], b[0])
    const to = Math.min(a[1], b[1])
    if (from <= to) both.push([from, to])
    if (a[1] < b[1]) i++
    else j++
  }
  return both
}

function settlesAlone(file: CaseFile, cell: Cell, hypothesis: Hypothesis, startUs: number): boolean {
  const atUs = new Float64Array(file.history.count).fill(Number.NaN)
  for (const row of cell.rows) atUs[row] = file.bounds.lo(row)
  const limiter = { evidence: file.evidence(cell, hypothesis), hypothesis, startUs }
  for (let round = 0; round < mostRounds; round++) {
    const settled = settle(limiter, atUs)
    if (settled !== 'changed') return settled === 'unchanged'
  }
  return false
}

function spread<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items]
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, k) => items[Math.round(k * step)] as Item)
}
