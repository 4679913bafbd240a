import type { Costs, Durations, HistoryColumns, Indices, IndicesOrNone, Outcome } from './history.ts'

/** Fills the columns of a history row by row. */
export interface ColumnBuilder {
  /**
   * Adds one row. `descriptor` is stored as given, and so is `limitedBy`, which is a number that
   * `intern` gave, or -1; `durationUs` is NaN where it is not known, and `looks` a number that
   * `internLook` gave, or -1. Nothing is checked: that is the caller's part.
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
    looks?: number,
  ): void
  /** Rows so far. */
  readonly count: number
  /** Is there room for this scope among those that responses blamed? A column holds so many. */
  canIntern(scope: string): boolean
  /** The number of a scope in `scopeNames`, counted from 0 in the order of first mention. */
  intern(scope: string): number
  /** The number of a fingerprint in `lookNames`; there is always one, if only that of all others. */
  internLook(look: string): number
  /** Is there room for the names of these columns, and are they told apart there as they would be here? */
  canAppend(columns: HistoryColumns): boolean
  /**
   * Adds all rows of some columns.
   * @param descriptors for each number in their column of descriptors the one that is stored.
   * @param linesBefore is added to each line.
   */
  append(columns: HistoryColumns, descriptors: readonly number[], linesBefore: number): void
  /** Makes room for so many rows in all, or for as many as there may be at once. */
  reserve(rows: number): void
  /** Forgets all but the first rows. */
  truncate(rows: number): void
  /** The columns, not copied: adding rows afterwards makes what was returned here stale. */
  finish(): HistoryColumns
}

/** Far more than a target has, and well within the 16 bits of the column. */
const mostScopes = 1_000

/** Kinds of refusals that are told apart: more than anybody reads, and within the 8 bits of the column. */
const mostLooks = 64

/** What refusals of still other kinds look like. */
const otherLook = 'other'

/**
 * By how much the columns grow when they are full: each row is copied twice on average, and while a
 * column is copied only that one is in memory twice.
 */
const growth = 1.5

/** Room is made for so many rows at once, at most: what was expected of a file may be wrong. */
const mostAtOnce = 1 << 24

/** Room is made for so many times the rows that are expected: lines need not be as long further on as at the beginning. */
export const spareRows = 1.02

/** Makes an empty builder with room for `capacity` rows before it first grows. */
export function createColumnBuilder(capacity = 1024): ColumnBuilder {
  let room = Math.max(2, capacity)
  let count = 0
  let descriptorColumn: Indices = new Uint8Array(room)
  let sentColumn = new Float64Array(room)
  let receivedColumn = new Float64Array(room)
  let outcomeColumn = new Uint8Array(room)
  let statusColumn = new Uint16Array(room)
  let costColumn: Costs = new Uint8Array(room)
  let limitedByColumn: IndicesOrNone = new Int8Array(room)
  let looksColumn = new Int8Array(room)
  let durationColumn: Durations = new Float32Array(room)
  let lineColumn = new Uint32Array(room)
  const scopeNames: string[] = []
  const scopeIndex = new Map<string, number>()
  const lookNames: string[] = []
  const lookIndex = new Map<string, number>()

  function grow(rows: number): void {
    room = rows
    descriptorColumn = longer(descriptorColumn, room)
    sentColumn = longer(sentColumn, room)
    receivedColumn = longer(receivedColumn, room)
    outcomeColumn = longer(outcomeColumn, room)
    statusColumn = longer(statusColumn, room)
    costColumn = longer(costColumn, room)
    limitedByColumn = longer(limitedByColumn, room)
    looksColumn = longer(looksColumn, room)
    durationColumn = longer(durationColumn, room)
    lineColumn = longer(lineColumn, room)
  }

  /** The first index that takes more bits makes all of them longer. */
  function widenDescriptors(index: number): void {
    descriptorColumn = moved<Indices>(
      descriptorColumn,
      index > 0xffff ? new Uint32Array(room) : new Uint16Array(room),
    )
  }

  /** The first scope that takes more bits does the same. */
  function widenScopes(): void {
    limitedByColumn = moved<IndicesOrNone>(limitedByColumn, new Int16Array(room))
  }

  /** The first cost that is no byte makes all of them numbers of any kind. */
  function widenCosts(): void {
    costColumn = moved<Costs>(costColumn, new Float64Array(room))
  }

  /** The first duration that a single does not hold, which is one above 16.7 s, makes all of them doubles. */
  function widenDurations(): void {
    durationColumn = moved<Durations>(durationColumn, new Float64Array(room))
  }

  function intern(scope: string): number {
    const known = scopeIndex.get(scope)
    if (known !== undefined) return known
    scopeIndex.set(scope, scopeNames.length)
    return scopeNames.push(scope) - 1
  }

  function internLook(look: string): number {
    const named = lookIndex.has(look) || lookNames.length < mostLooks ? look : otherLook
    const known = lookIndex.get(named)
    if (known !== undefined) return known
    lookIndex.set(named, lookNames.length)
    return lookNames.push(named) - 1
  }

  return {
    add(line, descriptor, sentUs, receivedUs, status, outcome, cost, limitedBy, durationUs, looks = -1) {
      if (count === room) grow(Math.ceil(room * growth))
      descriptorColumn[count] = descriptor
      if (descriptorColumn[count] !== descriptor) {
        widenDescriptors(descriptor)
        descriptorColumn[count] = descriptor
      }
      sentColumn[count] = sentUs
      receivedColumn[count] = receivedUs
      outcomeColumn[count] = outcome
      statusColumn[count] = status
      costColumn[count] = cost
      if (costColumn[count] !== cost) {
        widenCosts()
        costColumn[count] = cost
      }
      limitedByColumn[count] = limitedBy
      if (limitedByColumn[count] !== limitedBy) {
        widenScopes()
        limitedByColumn[count] = limitedBy
      }
      looksColumn[count] = looks
      durationColumn[count] = durationUs
      if (durationColumn[count] !== durationUs && !Number.isNaN(durationUs)) {
        widenDurations()
        durationColumn[count] = durationUs
      }
      lineColumn[count] = line
      count++
    },
    get count() {
      return count
    },
    canIntern: (scope) => scopeIndex.has(scope) || scopeNames.length < mostScopes,
    intern,
    internLook,
    canAppend(columns) {
      const newScopes = columns.scopeNames.filter((scope) => !scopeIndex.has(scope))
      return scopeNames.length + newScopes.length <= mostScopes && columns.lookNames.length < mostLooks
    },
    append(columns, descriptors, linesBefore) {
      const first = count
      if (first + columns.count > room) grow(Math.max(first + columns.count, Math.ceil(room * growth)))
      const lastDescriptor = descriptors.reduce((last, number) => Math.max(last, number), 0)
      if (!holds(descriptorColumn, lastDescriptor)) widenDescriptors(lastDescriptor)
      if (columns.cost instanceof Float64Array && costColumn instanceof Uint8Array) widenCosts()
      if (columns.durationUs instanceof Float64Array && durationColumn instanceof Float32Array)
        widenDurations()
      sentColumn.set(columns.sentUs.subarray(0, columns.count), first)
      receivedColumn.set(columns.receivedUs.subarray(0, columns.count), first)
      outcomeColumn.set(columns.outcome.subarray(0, columns.count), first)
      statusColumn.set(columns.status.subarray(0, columns.count), first)
      costColumn.set(columns.cost.subarray(0, columns.count), first)
      durationColumn.set(columns.durationUs.subarray(0, columns.count), first)
      const scopes = columns.scopeNames.map(intern)
      if (!holds(limitedByColumn, scopeNames.length - 1)) widenScopes()
      const looks = columns.lookNames.map(internLook)
      for (let row = 0; row < columns.count; row++) {
        const [scope, look] = [columns.limitedBy[row] as number, columns.looks[row] as number]
        descriptorColumn[first + row] = descriptors[columns.descriptor[row] as number] as number
        limitedByColumn[first + row] = scope < 0 ? scope : (scopes[scope] as number)
        looksColumn[first + row] = look < 0 ? look : (looks[look] as number)
        lineColumn[first + row] = (columns.line[row] as number) + linesBefore
      }
      count += columns.count
    },
    reserve(rows) {
      const asked = Math.min(rows, mostAtOnce)
      if (asked > room) grow(asked)
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
        looks: looksColumn,
        lookNames,
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
    columns.looks,
    columns.durationUs,
    columns.line,
  ]) {
    column[to] = column[from] as number
  }
}

/** A column of the same kind with room for so many rows. */
function longer<Column extends { buffer: ArrayBuffer; set(from: Column): void }>(
  column: Column,
  rows: number,
): Column {
  return moved(column, new (column.constructor as new (length: number) => Column)(rows))
}

/** Is a number within what a column holds? */
function holds(column: Indices | IndicesOrNone, number: number): boolean {
  const bits = 8 * column.BYTES_PER_ELEMENT
  const isSigned = column instanceof Int8Array || column instanceof Int16Array
  return number < 2 ** (isSigned ? bits - 1 : bits)
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
