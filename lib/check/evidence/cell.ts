import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'

/** One limiter instance: a limit and one value of its scope, with the requests that met it. */
export interface Cell {
  limitIndex: number
  limit: Limit
  scopeValue: string
  /** Rows of the history, in the order of the file. */
  rows: Uint32Array
}

/** Every limiter instance that the history touches, in the order of the limits. */
export function cellsOf(history: History, limits: readonly Limit[]): Cell[] {
  const cells: Cell[] = []
  limits.forEach((limit, limitIndex) => {
    const places = new Map<string, number>()
    const placeOf = history.descriptors.map(({ scopes }) => {
      const value = scopes[limit.scope]
      if (value === undefined) return nowhere
      if (!places.has(value)) places.set(value, places.size)
      return places.get(value) as number
    })
    const rowsAt = rowsByPlace(history, placeOf, places.size)
    for (const [scopeValue, place] of places) {
      const rows = rowsAt[place] as Uint32Array
      if (rows.length > 0) cells.push({ limitIndex, limit, scopeValue, rows })
    }
  })
  return cells
}

const nowhere = -1

/** The rows of a history by the place of their descriptor, each list in the order of the file. */
function rowsByPlace(
  { count, descriptor }: History,
  placeOf: readonly number[],
  places: number,
): Uint32Array[] {
  const counts = new Uint32Array(places)
  for (let row = 0; row < count; row++) {
    const place = placeOf[descriptor[row] as number] as number
    if (place !== nowhere) counts[place] = (counts[place] as number) + 1
  }
  const lists = Array.from(counts, (length) => new Uint32Array(length))
  counts.fill(0)
  for (let row = 0; row < count; row++) {
    const place = placeOf[descriptor[row] as number] as number
    if (place === nowhere) continue
    const next = counts[place] as number
    ;(lists[place] as Uint32Array)[next] = row
    counts[place] = next + 1
  }
  return lists
}

/** For each descriptor, the cells that its requests touch, in the order of the limits. */
export function cellsByDescriptor({ descriptors }: History, cells: readonly Cell[]): Cell[][] {
  const byScope = new Map<string, Map<string, Cell[]>>()
  for (const cell of cells) {
    const values = byScope.get(cell.limit.scope) ?? new Map<string, Cell[]>()
    byScope.set(cell.limit.scope, values)
    values.set(cell.scopeValue, [...(values.get(cell.scopeValue) ?? []), cell])
  }
  return descriptors.map(({ scopes }) =>
    Object.entries(scopes)
      .flatMap(([scope, value]) => byScope.get(scope)?.get(value) ?? [])
      .sort((a, b) => a.limitIndex - b.limitIndex),
  )
}

/** Cells that share requests, directly or through others: what has to be explained together. */
export function componentsOf(history: History, cells: readonly Cell[]): Cell[][] {
  // Each points to one that it was joined with, the last of them to itself; that one knows all (a disjoint-set forest).
  const joinedWith = new Map(cells.map((cell) => [cell, cell]))
  const members = new Map(cells.map((cell): [Cell, Joined] => [cell, cell]))
  const headOf = (cell: Cell): Cell => {
    let head = cell
    for (let next = joinedWith.get(head); next && next !== head; next = joinedWith.get(head)) head = next
    for (let one = cell; one !== head; ) {
      const next = joinedWith.get(one) as Cell
      joinedWith.set(one, head)
      one = next
    }
    return head
  }
  for (const [first, ...rest] of cellsByDescriptor(history, cells)) {
    if (!first) continue
    for (const cell of rest) {
      const [into, from] = [headOf(first), headOf(cell)]
      if (into === from) continue
      members.set(into, [members.get(into) as Joined, members.get(from) as Joined])
      joinedWith.set(from, into)
    }
  }
  return [...new Set(cells.map(headOf))].map((head) => listed(members.get(head) as Joined))
}

/** Cells one after another, as they were joined: there may be many thousands, which are not copied each time. */
type Joined = Cell | [Joined, Joined]

function listed(joined: Joined): Cell[] {
  const list: Cell[] = []
  const left: Joined[] = [joined]
  for (let one = left.pop(); one; one = left.pop()) {
    if (Array.isArray(one)) left.push(one[1], one[0])
    else list.push(one)
  }
  return list
}
