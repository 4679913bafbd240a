import type { CaseFile } from '../evidence/case-file.ts'
import type { Cell } from '../evidence/cell.ts'
import { type Hypothesis, phasePeriodUs } from '../evidence/hypothesis.ts'
import type { PhaseRange } from '../order/order-search.ts'
import { mergeRanges } from '../refute/fixed-window.ts'
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
  const alone = spread(middles, mostAlone).filter((startUs) => settlesAlone(file, cell, hypothesis, startUs))
  return alone.length > 0 ? spread(alone, mostStarts) : spread(middles, mostStarts)
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

function settlesAlone(file: CaseFile, cell: Cell, hypothesis: Hypothesis, startUs: number): boolean {
  const atUs = new Float64Array(file.history.count).fill(Number.NaN)
  for (const row of cell.rows) atUs[row] = file.bounds.loUs[row] as number
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
