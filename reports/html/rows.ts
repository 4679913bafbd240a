import { packVarints, unpackVarints } from './varints.ts'

/** What many requests have in common: stored once, and named by its number. */
export interface RequestKind {
  descriptor: number
  status: number
  /** 0 accepted, 1 limited, 2 unknown. */
  outcome: number
  cost: number
  /** The scope that the response blamed. */
  limitedBy?: string
}

/** Requests in columns, in the order in which they were sent. Times are whole microseconds since the start. */
export interface Rows {
  count: number
  sentUs: Float64Array
  receivedUs: Float64Array
  /** Line in the history, counted from 1 with the header as line 1. */
  line: Float64Array
  /** Number of the request's kind. */
  kind: Float64Array
  /** Units of rows of the same descriptor and outcome that were left out since the last one that was kept. */
  leftOut: Float64Array
}

/** Rows as bytes, one column after another; all that is needed to read them is beside them. */
export interface PackedRows {
  count: number
  firstUs: number
  /** Length of each column in bytes. */
  lengths: number[]
  bytes: Uint8Array
}

/** Packs rows into few bytes: differences instead of times, and small numbers in single bytes. */
export function packRows({ count, sentUs, receivedUs, line, kind, leftOut }: Rows): PackedRows {
  const firstUs = count === 0 ? 0 : (sentUs[0] as number)
  const later = (column: Float64Array, k: number) =>
    (column[k] as number) - (k === 0 ? 0 : (column[k - 1] as number))
  const columns = [
    packVarints(sentUs.map((us, k) => (k === 0 ? 0 : us - (sentUs[k - 1] as number)))),
    packVarints(receivedUs.map((us, k) => us - (sentUs[k] as number))),
    packVarints(line.map((_, k) => folded(later(line, k)))),
    packVarints(kind),
    packVarints(leftOut),
  ]
  const bytes = new Uint8Array(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    bytes.set(column, at)
    at += column.length
  }
  return { count, firstUs, lengths: columns.map(({ length }) => length), bytes }
}

/** The rows again, exactly as they were. */
export function unpackRows({ count, firstUs, lengths, bytes }: PackedRows): Rows {
  let at = 0
  const [sentUs, receivedUs, line, kind, leftOut] = lengths.map((length) => {
    const column = unpackVarints(bytes.subarray(at, at + length), count)
    at += length
    return column
  }) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  let us = firstUs
  let lastLine = 0
  for (let k = 0; k < count; k++) {
    us += sentUs[k] as number
    sentUs[k] = us
    receivedUs[k] = us + (receivedUs[k] as number)
    lastLine += unfolded(line[k] as number)
    line[k] = lastLine
  }
  return { count, sentUs, receivedUs, line, kind, leftOut }
}

/** Differences of either sign as numbers from 0: 0, -1, 1, -2 become 0, 1, 2, 3. */
function folded(difference: number): number {
  return difference < 0 ? -2 * difference - 1 : 2 * difference
}

function unfolded(number: number): number {
  return number % 2 === 1 ? -(number + 1) / 2 : number / 2
}
