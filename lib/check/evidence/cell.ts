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
    const rowsByValue = new Map<string, number[]>()
    const listOfDescriptor = history.descriptors.map(({ scopes }) => {
      const value = scopes[limit.scope]
      if (value === undefined) return undefined
      let rows = rowsByValue.get(value)
      if (!rows) {
        rows = []
        rowsByValue.set(value, rows)
      }
      return rows
    })
    for (let i = 0; i < history.count; i++) listOfDescriptor[history.descriptor[i] as number]?.push(i)
    for (const [scopeValue, rows] of rowsByValue) {
      if (rows.length > 0) cells.push({ limitIndex, limit, scopeValue, rows: Uint32Array.from(rows) })
    }
  })
  return cells
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
