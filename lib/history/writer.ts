import { eventLine, type HistoryEventLine } from './event.ts'
import { type HistoryHeader, headerLine } from './header.ts'
import { type HistoryRecord, recordLine } from './record.ts'

/** Where the lines of a history go: a file, or an array in a test. */
export interface HistorySink {
  /** Takes one whole line, line break included. */
  write(line: string): void
  /** Resolves when everything that was written is kept. */
  close(): Promise<void>
}

/** Writes a history line by line, each with a single write, so that no two lines can mix. */
export interface HistoryWriter {
  /** @throws {RangeError} for a record that no reader would take. */
  record(record: HistoryRecord): void
  /** `end` is the last: after it a reader takes the history for whole. */
  event(event: HistoryEventLine): void
  /** Keeps everything. A history that is closed without an `end` is torn. */
  close(): Promise<void>
}

/** Makes a writer and writes the header at once. Errors of the sink are passed on. */
export function createHistoryWriter(sink: HistorySink, header: HistoryHeader): HistoryWriter {
  sink.write(headerLine(header))
  return {
    record: (record) => sink.write(recordLine(record)),
    event: (event) => sink.write(eventLine(event)),
    close: () => sink.close(),
  }
}
