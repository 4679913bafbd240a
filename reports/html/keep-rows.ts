import type { History } from '../../lib/history/index.ts'
import type { LimitResult } from '../../lib/result/index.ts'
import { cellsOf } from './cells.ts'
import { orderOf } from './order.ts'
import type { RequestKind, Rows } from './rows.ts'
import { type Sequence, sampleRows } from './sample.ts'

/** The rows that a page holds. */
export interface KeptRows {
  rows: Rows
  kinds: RequestKind[]
}

/** So many requests a page holds whole; of more than that, what is between the edges is thinned out. */
const mostRowsWhole = 1_000_000

/**
 * The requests of a history in the order in which they were sent. Of more than `mostRows`, about so many
 * are kept: for each descriptor and for each value of a limit's scope the first and the last of each run
 * of equal outcomes, all lines of certificates, and of the others an even choice.
 */
export function keepRows(
  history: History,
  limits: readonly LimitResult[],
  mostRows = mostRowsWhole,
): KeptRows {
  const { count } = history
  const order = orderOf(history.sentUs.slice(0, count))
  const kept = count <= mostRows ? order : thinned(history, order, limits, mostRows)
  const kinds: RequestKind[] = []
  const numbers = new Map<string, number>()
  const kindOf = (row: number) => {
    const kind: RequestKind = {
      descriptor: history.descriptor[row] as number,
      status: history.status[row] as number,
      outcome: history.outcome[row] as number,
      cost: history.cost[row] as number,
    }
    const limitedBy = history.limitedBy[row] as number
    if (limitedBy >= 0) kind.limitedBy = history.scopeNames[limitedBy]
    const key = `${kind.descriptor} ${kind.status} ${kind.outcome} ${kind.cost} ${limitedBy}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, kinds.length)
    return kinds.push(kind) - 1
  }
  const column = (of: (row: number) => number) => Float64Array.from(kept, of)
  const rows: Rows = {
    count: kept.length,
    sentUs: column((row) => history.sentUs[row] as number),
    receivedUs: column((row) => history.receivedUs[row] as number),
    line: column((row) => history.line[row] as number),
    kind: column(kindOf),
    leftOut: kept.length === count ? new Float64Array(count) : leftOut(history, order, kept),
  }
  return { rows, kinds }
}

function thinned(
  history: History,
  order: Uint32Array,
  limits: readonly LimitResult[],
  mostRows: number,
): Uint32Array {
  const outcome = Uint8Array.from(order, (row) => history.outcome[row] as number)
  const cellOfDescriptor = limits.map(({ scope }) => {
    const cells = cellsOf(history, scope)
    return history.descriptors.map((_, index) =>
      cells.findIndex(({ descriptors }) => descriptors.includes(index)),
    )
  })
  const partitions = [history.descriptors.map((_, index) => index), ...cellOfDescriptor]
  const named = new Set(limits.flatMap(({ certificate }) => certificate?.records ?? []))
  const sequences: Sequence[] = partitions.flatMap((partOf) => {
    const parts = new Map<number, number[]>()
    order.forEach((row, at) => {
      const part = partOf[history.descriptor[row] as number] as number
      if (part < 0) return
      const rows = parts.get(part)
      if (rows) rows.push(at)
      else parts.set(part, [at])
    })
    return [...parts.values()].map((rows) => ({ rows, outcome }))
  })
  // Each line of a certificate is a sequence of its own, and the edge of a sequence is kept.
  order.forEach((row, at) => {
    if (named.has(history.line[row] as number)) sequences.push({ rows: [at], outcome })
  })
  return sampleRows(order.length, sequences, mostRows).map((at) => order[at] as number)
}

/** For each row that is kept the units of its descriptor and outcome that were left out before it. */
function leftOut(history: History, order: Uint32Array, kept: Uint32Array): Float64Array {
  const waiting = new Map<number, number>()
  const units = new Float64Array(kept.length)
  let next = 0
  for (const row of order) {
    const kind = (history.descriptor[row] as number) * 3 + (history.outcome[row] as number)
    if (row === kept[next]) {
      units[next++] = waiting.get(kind) ?? 0
      waiting.set(kind, 0)
    } else waiting.set(kind, (waiting.get(kind) ?? 0) + (history.cost[row] as number))
  }
  return units
}
