/** What a request met. The numbers are stable: they are stored in typed arrays. */
export const Outcome = { accepted: 0, limited: 1, unknown: 2 } as const
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/** The word for each outcome, by its number. */
export const outcomeNames = ['accepted', 'limited', 'unknown'] as const

/** The scope values a request carries, e.g. `{integration: "A", organization: "acme"}`. */
export type Scopes = Readonly<Record<string, string>>

/** Costs of requests: bytes as long as all are whole and below 256, as most histories have them. */
export type Costs = Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** Whole microseconds, or NaN: singles as long as they hold them all exactly, which they do up to 16.7 s. */
export type Durations = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** Indices into a list: of as many bits as it takes, since most lists are short. */
export type Indices = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/** Indices into a list of at most some thousands, or -1. */
export type IndicesOrNone = Int8Array<ArrayBuffer> | Int16Array<ArrayBuffer>

export interface Descriptor {
  name: string
  scopes: Scopes
}

/** Between the records: what a record cannot say. `line` counts from 1, the header being line 1. */
export type HistoryEvent =
  | { event: 'descriptor'; line: number; name: string; scopes: Scopes }
  | { event: 'dropped'; line: number; descriptor: string; count: number; atUs: number }
  | { event: 'clock-step'; line: number; atUs: number; byMs: number }
  | { event: 'end'; line: number; atUs: number; reason: string }
  | { event: 'other'; line: number; name: string; fields: Record<string, unknown> }

/** The columns of a history: a row a record. What they hold, and in which units, says `History`. */
export interface HistoryColumns {
  /** How many rows the columns hold; the arrays may be longer. */
  count: number
  /** Index into `descriptors`. */
  descriptor: Indices
  sentUs: Float64Array
  receivedUs: Float64Array
  outcome: Uint8Array
  status: Uint16Array
  cost: Costs
  /** Index into `scopeNames` of the scope that the response blamed, or -1. */
  limitedBy: IndicesOrNone
  scopeNames: string[]
  /** Index into `lookNames` of what the refusal looked like, or -1 where the record does not say. */
  looks: Int8Array
  /** Fingerprints in words; beyond so many kinds, all further ones share the last. */
  lookNames: string[]
  /** Send to last byte, in microseconds; NaN where the history does not say. */
  durationUs: Durations
  /** Line in the file, counted from 1 with the header as line 1. */
  line: Uint32Array
}

/**
 * A history in memory: one row a request, in columns, in the order of the file. Times are whole
 * microseconds since `startedAtMs`; `clockSlackMs` has NOT been applied to them. A row that never
 * had a response (status 0) has `receivedUs` as recorded: when the client gave up.
 */
export interface History extends HistoryColumns {
  startedAtMs: number
  tool: string
  clockSlackMs: number
  descriptors: Descriptor[]
  events: HistoryEvent[]
  /** No `end` event, or cut off in the middle of a line. */
  torn: boolean
  /** Records left out because they broke the format (`--skip-invalid`). */
  skipped: number
}
