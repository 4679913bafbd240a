import type { History } from '../history/history.ts'
import type { Limit } from '../spec/index.ts'
import type { DecisionBounds } from './bounds.ts'
import { type Cell, cellsByRow } from './cell.ts'
import type { Hypothesis } from './hypothesis.ts'
import { type Room, roomOf } from './room.ts'

/** Which limiters can have refused a request, found before any model is tried. */
export interface Refusers {
  /** The cells that can have refused this row; empty where none can have been full. */
  of(row: number): readonly Cell[]
  /** Whether the response itself named its refuser. */
  named(row: number): boolean
  /** Whether a cell of this hypothesis surely had room when it answered the row. */
  surelyVacant(cell: Cell, row: number, hypothesis: Hypothesis): boolean
}

/**
 * For each refused request, the limiters that can have refused it. A limiter is ruled out where
 * the response names another one, and where it surely was not full: every request that can
 * possibly count together stays under its limit. What can count together for any windowed
 * algorithm lies within two windows (a sliding counter looks back on the previous window as well),
 * or one window where the spec rules that algorithm out. Where the limiter need not have started
 * empty, or others use it too, nothing is ruled out by counting.
 * @param unconstrained limits (by index) that are supposed to refuse whatever they like.
 * @param rules what the limits can still be, by index, where that is less than the spec allows.
 */
export function possibleRefusers(
  history: History,
  bounds: DecisionBounds,
  cells: readonly Cell[],
  unconstrained: ReadonlySet<number> = new Set(),
  rules: readonly Limit[] = [],
): Refusers {
  const touched = cellsByRow(history, cells)
  const rooms = new Map(
    cells.map((cell) => [cell, roomOf(history, bounds, cell, rules[cell.limitIndex] ?? cell.limit)]),
  )
  const roomIn = (cell: Cell) => rooms.get(cell) as Room
  const memo = new Map<number, readonly Cell[]>()
  const find = (row: number): readonly Cell[] => {
    const all = touched[row] as Cell[]
    const blamed = history.limitedBy[row] as number
    const named = all.filter((cell) => blamed >= 0 && cell.limit.scope === history.scopeNames[blamed])
    if (named.length > 0) return named
    return all.filter(
      (cell) =>
        unconstrained.has(cell.limitIndex) ||
        !roomIn(cell).byCounting(row, cell.limit.limit, cell.limit.window * 1000),
    )
  }
  return {
    of(row) {
      let found = memo.get(row)
      if (!found) {
        found = find(row)
        memo.set(row, found)
      }
      return found
    },
    named: (row) => {
      const blamed = history.limitedBy[row] as number
      return (
        blamed >= 0 &&
        (touched[row] as Cell[]).some((cell) => cell.limit.scope === history.scopeNames[blamed])
      )
    },
    surelyVacant: (cell, row, { algorithm, limit, windowUs }) =>
      !unconstrained.has(cell.limitIndex) &&
      (roomIn(cell).byCounting(row, limit, windowUs) ||
        (algorithm === 'sliding-log' && roomIn(cell).byLaterAdmission(row, windowUs))),
  }
}
