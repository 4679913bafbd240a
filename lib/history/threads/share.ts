import { closeSync, openSync, readSync } from 'node:fs'
import type { OutcomeRule } from '../../spec/index.ts'
import { createColumnBuilder, spareRows } from '../columns.ts'
import { createDescriptorTable } from '../descriptor-table.ts'
import { createFastRecords } from '../fast-record.ts'
import type { HistoryColumns } from '../history.ts'
import { longestLine } from '../lines.ts'
import { outcomeOf } from '../outcome.ts'

/** A stretch of a history's file that is read apart from what comes before it. */
export interface Share {
  path: string
  /** Where a line starts. */
  fromByte: number
  /** Where another one does, or the file ends. */
  toByte: number
  /** What the history's header says, or the spec in its place. */
  startedAtMs: number
  outcomes: OutcomeRule
}

/** The records of a share, up to the first line that is anything else. */
export interface SharedRecords {
  /** `descriptor` is an index into `descriptorNames`; `line` counts the share's own lines from 1. */
  columns: HistoryColumns
  /** In the order of first mention. */
  descriptorNames: string[]
  /** Where the first line starts that was not read, or the share ends. */
  toByte: number
}

/** So much is asked of the operating system at a time. */
const pieceBytes = 1 << 20

const lineBreak = 0x0a

/**
 * Reads the records of a share as far as they are written as Onset writes them; what any other line means, and whether
 * it is a mistake, depends on what comes before it. Throws as opening and reading a file do.
 */
export function readShare({ path, fromByte, toByte, startedAtMs, outcomes }: Share): SharedRecords {
  const rows = createColumnBuilder()
  const descriptors = createDescriptorTable()
  const records = createFastRecords(startedAtMs, outcomeOf(outcomes), rows, descriptors)
  const bytes = new Uint8Array(longestLine + pieceBytes)
  const file = openSync(path, 'r')
  let readTo = fromByte
  let takenTo = fromByte
  try {
    // What is left of a line when its piece ends comes before the next one.
    let left = 0
    while (readTo < toByte && left <= longestLine) {
      const length = readSync(file, bytes, left, Math.min(pieceBytes, toByte - readTo), readTo)
      if (length === 0) break
      readTo += length
      const end = left + length
      const whole = bytes.subarray(0, end).lastIndexOf(lineBreak) + 1
      const next = records.take(bytes, 0, whole, rows.count + 1)
      takenTo += next
      if (next < whole) break
      // The first piece tells about how many there will be.
      if (takenTo - fromByte === next && next > 0) {
        rows.reserve(Math.ceil((rows.count / next) * (toByte - fromByte) * spareRows))
      }
      bytes.copyWithin(0, whole, end)
      left = end - whole
    }
  } finally {
    closeSync(file)
  }
  const columns = rows.finish()
  const names = Array.from(descriptors.places(), (_, number) => descriptors.nameOf(number))
  return { columns, descriptorNames: names, toByte: takenTo }
}
