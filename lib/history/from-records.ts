import { createColumnBuilder } from './columns.ts'
import { type Descriptor, type History, type HistoryEvent, Outcome, type Scopes } from './history.ts'
import { isCost } from './record.ts'

/** One request of a history that was made in memory: by a simulation or a test. */
export interface RecordInput {
  /** Name of a descriptor of the header. */
  descriptor: string
  sentUs: number
  receivedUs: number
  outcome: Outcome
  /** A whole number from 0; default 1. */
  cost?: number
  /** The scope that the response blamed. */
  limitedBy?: string
  /** What the refusal looked like. */
  looks?: string
  /** Default: 200 for accepted, 429 for limited, 0 (no response) for unknown. */
  status?: number
  /** Send to last byte; default: not known. */
  durationUs?: number
  /** Default: the place in the list, the header being line 1. */
  line?: number
}

type WithoutLine<Event> = Event extends HistoryEvent ? Omit<Event, 'line'> & { line?: number } : never

/** An event whose line may be left out: it then stands after the records. */
export type EventInput = WithoutLine<HistoryEvent>

/** What the first line of a file would say, for a history that was made in memory. */
export interface HeaderInput {
  descriptors: readonly Descriptor[] | Readonly<Record<string, Scopes>>
  /** Default 0: the clock of a simulation is exact. */
  clockSlackMs?: number
  /** Default 0. */
  startedAtMs?: number
  /** Default `simulation`. */
  tool?: string
  /** Default: false. A history that is not torn gets an `end` event, unless `events` has one. */
  torn?: boolean
  events?: readonly EventInput[]
}

const defaultStatus: Record<Outcome, number> = {
  [Outcome.accepted]: 200,
  [Outcome.limited]: 429,
  [Outcome.unknown]: 0,
}

/**
 * Makes a history in memory, without a file: for simulations and tests. Rows keep the order of
 * `records`. The `end` that is added where none is given stands at the latest instant of the records.
 * @throws {Error} for a record whose descriptor the header does not have, or whose cost is not whole: a bug in the caller.
 */
export function historyFromRecords(header: HeaderInput, records: readonly RecordInput[]): History {
  const descriptors = descriptorList(header.descriptors)
  const indexOf = new Map(descriptors.map(({ name }, index) => [name, index]))
  const columns = createColumnBuilder(records.length)
  let lastUs = 0
  for (const record of records) {
    const index = indexOf.get(record.descriptor)
    if (index === undefined) {
      throw new Error(`record ${columns.count}: the header has no descriptor "${record.descriptor}"`)
    }
    const { cost = 1 } = record
    if (!isCost(cost))
      throw new Error(`record ${columns.count}: a cost is a whole number from 0, got ${cost}`)
    lastUs = Math.max(lastUs, record.sentUs, record.receivedUs)
    columns.add(
      record.line ?? columns.count + 2,
      index,
      record.sentUs,
      record.receivedUs,
      record.status ?? defaultStatus[record.outcome],
      record.outcome,
      cost,
      record.limitedBy === undefined ? -1 : columns.intern(record.limitedBy),
      record.durationUs ?? Number.NaN,
      record.looks === undefined ? -1 : columns.internLook(record.looks),
    )
  }
  const torn = header.torn ?? false
  const events = (header.events ?? []).map(
    (event, index) => ({ ...event, line: event.line ?? records.length + 2 + index }) as HistoryEvent,
  )
  if (!torn && !events.some(({ event }) => event === 'end')) {
    events.push({
      event: 'end',
      line: records.length + 2 + events.length,
      atUs: lastUs,
      reason: 'finished',
    })
  }
  return {
    startedAtMs: header.startedAtMs ?? 0,
    tool: header.tool ?? 'simulation',
    clockSlackMs: header.clockSlackMs ?? 0,
    descriptors,
    ...columns.finish(),
    events,
    torn,
    skipped: 0,
  }
}

function descriptorList(given: HeaderInput['descriptors']): Descriptor[] {
  if (isList(given)) return [...given]
  return Object.entries(given).map(([name, scopes]) => ({ name, scopes }))
}

function isList(given: HeaderInput['descriptors']): given is readonly Descriptor[] {
  return Array.isArray(given)
}
