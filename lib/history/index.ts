export { createColumnBuilder } from './columns.ts'
export type { HistoryEventLine } from './event.ts'
export { eventLine } from './event.ts'
export type { FieldMistake } from './field.ts'
export {
  HistoryFileError,
  type HistoryFileOptions,
  type HistoryFileProblem,
  openHistoryFile,
} from './file.ts'
export { filePieces } from './file-pieces.ts'
export { type EventInput, type HeaderInput, historyFromRecords, type RecordInput } from './from-records.ts'
export { type HistoryHeader, headerLine } from './header.ts'
export * from './history.ts'
export { defaultOutcomeRule, outcomeOf } from './outcome.ts'
export { readHistory, readHistoryBytes } from './read.ts'
export {
  createHistoryReader,
  type HistoryReader,
  type HistoryWarning,
  type ReadHistoryOptions,
  type ReadHistoryResult,
} from './reader.ts'
export { type HistoryRecord, recordLine } from './record.ts'
export { threadEntry } from './threads/entry.ts'
export { readHistoryFile } from './threads/read-file.ts'
export { mayBeDecidedLater } from './undecided-answer.ts'
export { createHistoryWriter, type HistorySink, type HistoryWriter } from './writer.ts'
