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
  const componentOf = new Map<Cell, Set<Cell>>()
  for (const cell of cells) componentOf.set(cell, new Set([cell]))
  for (const [first, ...rest] of cellsByDescriptor(history, cells)) {
    if (!first) continue
    for (const cell of rest) {
      const into = componentOf.get(first) as Set<Cell>
      const from = componentOf.get(cell) as Set<Cell>
      if (into === from) continue
      for (const member of from) {
        into.add(member)
        componentOf.set(member, into)
      }
    }
  }
  return [...new Set(componentOf.values())].map((set) => [...set])
}
