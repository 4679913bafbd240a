import type { Outcome } from './history.ts'

/** The columns of a history, as `History` has them; each array may be longer than `count`. */
export interface HistoryColumns {
  count: number
  descriptor: Uint32Array
  sentUs: Float64Array
  receivedUs: Float64Array
  outcome: Uint8Array
  status: Uint16Array
  cost: Float64Array
  limitedBy: Int16Array
  scopeNames: string[]
  durationUs: Float64Array
  line: Uint32Array
}

/** Fills the columns of a history row by row. */
export interface ColumnBuilder {
  /**
   * Adds one row. `descriptor` is stored as given, and so is `limitedBy`, which is a number that
   * `intern` gave, or -1; `durationUs` is NaN where it is not known. Nothing is checked: that is the
   * caller's part.
   */
  add(
    line: number,
    descriptor: number,
    sentUs: number,
    receivedUs: number,
    status: number,
    outcome: Outcome,
    cost: number,
    limitedBy: number,
    durationUs: number,
  ): void
  /** Rows so far. */
  readonly count: number
  /** Is there room for this scope among those that responses blamed? A column holds so many. */
  canIntern(scope: string): boolean
  /** The number of a scope in `scopeNames`, counted from 0 in the order of first mention. */
  intern(scope: string): number
  /** Forgets all but the first rows. */
  truncate(rows: number): void
  /** The columns, not copied: adding rows afterwards makes what was returned here stale. */
  finish(): HistoryColumns
}

/** Far more than a target has, and well within the 16 bits of the column. */
const mostScopes = 1_000

/**
 * By how much the columns grow when they are full: each row is copied twice on average, and while a
 * column is copied only that one is in memory twice.
 */
const growth = 1.5

/** Makes an empty builder with room for `capacity` rows before it first grows. */
export function createColumnBuilder(capacity = 1024): ColumnBuilder {
  let room = Math.max(2, capacity)
  let count = 0
  let descriptorColumn = new Uint32Array(room)
  let sentColumn = new Float64Array(room)
  let receivedColumn = new Float64Array(room)
  let outcomeColumn = new Uint8Array(room)
  let statusColumn = new Uint16Array(room)
  let costColumn = new Float64Array(room)
  let limitedByColumn = new Int16Array(room)
  let durationColumn = new Float64Array(room)
  let lineColumn = new Uint32Array(room)
  const scopeNames: string[] = []
  const scopeIndex = new Map<string, number>()

  function grow(): void {
    room = Math.ceil(room * growth)
    descriptorColumn = moved(descriptorColumn, new Uint32Array(room))
    sentColumn = moved(sentColumn, new Float64Array(room))
    receivedColumn = moved(receivedColumn, new Float64Array(room))
    outcomeColumn = moved(outcomeColumn, new Uint8Array(room))
    statusColumn = moved(statusColumn, new Uint16Array(room))
    costColumn = moved(costColumn, new Float64Array(room))
    limitedByColumn = moved(limitedByColumn, new Int16Array(room))
    durationColumn = moved(durationColumn, new Float64Array(room))
    lineColumn = moved(lineColumn, new Uint32Array(room))
  }

  return {
    add(line, descriptor, sentUs, receivedUs, status, outcome, cost, limitedBy, durationUs) {
      if (count === room) grow()
      descriptorColumn[count] = descriptor
      sentColumn[count] = sentUs
      receivedColumn[count] = receivedUs
      outcomeColumn[count] = outcome
      statusColumn[count] = status
      costColumn[count] = cost
      limitedByColumn[count] = limitedBy
      durationColumn[count] = durationUs
      lineColumn[count] = line
      count++
    },
    get count() {
      return count
    },
    canIntern: (scope) => scopeIndex.has(scope) || scopeNames.length < mostScopes,
    intern(scope) {
      const known = scopeIndex.get(scope)
      if (known !== undefined) return known
      scopeIndex.set(scope, scopeNames.length)
      return scopeNames.push(scope) - 1
    },
    truncate(rows) {
      count = Math.min(count, rows)
    },
    finish() {
      return {
        count,
        descriptor: descriptorColumn,
        sentUs: sentColumn,
        receivedUs: receivedColumn,
        outcome: outcomeColumn,
        status: statusColumn,
        cost: costColumn,
        limitedBy: limitedByColumn,
        scopeNames,
        durationUs: durationColumn,
        line: lineColumn,
      }
    },
  }
}

/** Copies one row over another. */
export function moveRow(columns: HistoryColumns, from: number, to: number): void {
  for (const column of [
    columns.descriptor,
    columns.sentUs,
    columns.receivedUs,
    columns.outcome,
    columns.status,
    columns.cost,
    columns.limitedBy,
    columns.durationUs,
    columns.line,
  ]) {
    column[to] = column[from] as number
  }
}

/** Copies a column into a longer one, and gives its memory back at once instead of when it is collected. */
function moved<Column extends { buffer: ArrayBuffer; set(from: Column): void }>(
  from: Column,
  to: Column,
): Column {
  to.set(from)
  from.buffer.transfer(0)
  return to
}
