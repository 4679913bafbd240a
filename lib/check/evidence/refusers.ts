import { type History, Outcome } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from './bounds.ts'
import { type Cell, cellsByDescriptor } from './cell.ts'
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
  /** Whether no refusal is one that a cell can have made, or that nobody can. */
  refusedNone(cell: Cell): boolean
  /** Whether a cell surely had room for all that it met, whatever it is of what the spec allows, and so refused none. */
  neverFull(cell: Cell): boolean
}

const none: readonly Cell[] = []

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
  unconstrained: ReadonlySet<number>,
  rules: readonly Limit[],
): Refusers {
  const byDescriptor = cellsByDescriptor(history, cells)
  const touched = (row: number) => byDescriptor[history.descriptor[row] as number] as readonly Cell[]
  const rooms = new Map<Cell, Map<Limit, Room>>()
  const roomUnder = (rule: Limit, cell: Cell): Room => {
    const ofCell = rooms.get(cell) ?? new Map<Limit, Room>()
    rooms.set(cell, ofCell)
    const room = ofCell.get(rule) ?? roomOf(history, bounds, cell, rule)
    ofCell.set(rule, room)
    return room
  }
  const ruleLeft = (cell: Cell) => rules[cell.limitIndex] ?? cell.limit
  const roomIn = (cell: Cell) => roomUnder(ruleLeft(cell), cell)
  // What is no longer possible with the spec's numbers may well be with others.
  const roomFor = (cell: Cell, hypothesis: Hypothesis) =>
    allows(ruleLeft(cell), hypothesis) ? roomIn(cell) : roomUnder(cell.limit, cell)
  const namedBy = history.scopeNames.map((scope) =>
    byDescriptor.map((all) => all.filter((cell) => cell.limit.scope === scope)),
  )
  const namedIn = (row: number) => {
    const scope = history.limitedBy[row] as number
    return scope < 0 ? none : (namedBy[scope]?.[history.descriptor[row] as number] ?? none)
  }
  const find = (row: number): readonly Cell[] =>
    touched(row).filter(
      (cell) =>
        unconstrained.has(cell.limitIndex) ||
        !roomIn(cell).byCounting(row, cell.limit.limit, cell.limit.window * 1000),
    )
  // Rows of one descriptor share the same few lists: a row is remembered by the place of its list, from 1.
  const lists = byDescriptor.map((): (readonly Cell[])[] => [])
  let placeOf: Uint8Array | undefined
  const remember = (row: number, found: readonly Cell[]): readonly Cell[] => {
    const known = lists[history.descriptor[row] as number] as (readonly Cell[])[]
    let place = known.findIndex((list) => isSame(list, found))
    if (place < 0) place = known.push(found) - 1
    placeOf ??= new Uint8Array(history.count)
    if (place < 0xff) placeOf[row] = place + 1
    return known[place] as readonly Cell[]
  }
  const of = (row: number): readonly Cell[] => {
    const named = namedIn(row)
    if (named.length > 0) return named
    const place = placeOf?.[row] ?? 0
    return place > 0
      ? ((lists[history.descriptor[row] as number] as (readonly Cell[])[])[place - 1] as readonly Cell[])
      : remember(row, find(row))
  }
  const refusedNone = onceEach((cell: Cell) =>
    cell.rows.every((row) => {
      if (history.outcome[row] !== Outcome.limited) return true
      const candidates = of(row)
      return candidates.length > 0 && !candidates.includes(cell)
    }),
  )
  const neverFull = onceEach((cell: Cell) => {
    if (unconstrained.has(cell.limitIndex) || !refusedNone(cell)) return false
    const room = roomUnder(cell.limit, cell)
    const { limit, window } = cell.limit
    return cell.rows.every((row) => room.byCounting(row, limit, window * 1000))
  })
  return {
    of,
    named: (row) => namedIn(row).length > 0,
    surelyVacant(cell, row, hypothesis) {
      if (unconstrained.has(cell.limitIndex)) return false
      const { algorithm, limit, windowUs } = hypothesis
      const room = roomFor(cell, hypothesis)
      return (
        room.byCounting(row, limit, windowUs) ||
        (algorithm === 'sliding-log' && room.byLaterAdmission(row, windowUs))
      )
    },
    refusedNone,
    neverFull,
  }
}

/** Does a limit of which so much is left still follow the rules of a hypothesis? */
function allows(left: Limit, { algorithm, limitedRequests, chargedWhenRefused }: Hypothesis): boolean {
  const isLeft = (rule: string, asked: string) => rule === 'either' || rule === asked
  return (
    left.algorithm.includes(algorithm) &&
    isLeft(left.limitedRequests, limitedRequests) &&
    isLeft(left.chargedWhenRefused, chargedWhenRefused)
  )
}

function isSame(one: readonly Cell[], other: readonly Cell[]): boolean {
  return one.length === other.length && one.every((cell, k) => cell === other[k])
}

/** Answers a question about each cell once. */
function onceEach(answer: (cell: Cell) => boolean): (cell: Cell) => boolean {
  const known = new Map<Cell, boolean>()
  return (cell) => {
    const told = known.get(cell) ?? answer(cell)
    known.set(cell, told)
    return told
  }
}
