import { type HistoryRecord, outcomeNames, outcomeOf } from '../history/index.ts'
import type { Recording } from '../run/index.ts'
import type { Spec } from '../spec/index.ts'
import type { Exchange } from './exchange.ts'

/** How many requests were recorded, and what they met. */
export type Counts = Record<'records' | 'accepted' | 'limited' | 'unknown', number>

/** What was recorded: how much, and where each request stands. */
export interface Book {
  record(record: HistoryRecord): number
  /** Aborted as soon as nothing can be recorded any more. */
  readonly failed: AbortSignal
  readonly counts: Counts
  /** Exchanges of questions. */
  readonly exchanges: Exchange[]
  /** Requests to the API that were no questions. */
  readonly beside: Exchange[]
  recordBeside(record: HistoryRecord): void
}

/** Opens the book of a recording. */
export function createBook(recording: Recording, spec: Spec): Book {
  const counts = { records: 0, accepted: 0, limited: 0, unknown: 0 }
  const outcomeOfStatus = outcomeOf(spec.outcomes)
  const beside: Exchange[] = []
  /** The header is line 1. */
  const record = (one: HistoryRecord) => {
    recording.record(one)
    counts[outcomeNames[outcomeOfStatus(one.status)]]++
    return ++counts.records + 1
  }
  return {
    record,
    failed: recording.failed,
    counts,
    exchanges: [],
    beside,
    recordBeside(one) {
      const line = record(one)
      const { descriptor, sent: sentMs, received: receivedMs, status, limitedBy } = one
      const outcome = outcomeOfStatus(status)
      beside.push({
        line,
        descriptor,
        kind: 'list',
        sentMs,
        receivedMs,
        status,
        outcome,
        headers: [],
        body: '',
        limitedBy,
      })
    },
  }
}
