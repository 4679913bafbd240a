import { type HistoryRecord, Outcome } from '../history/index.ts'

/** What a request of a step met. */
export const Met = {
  /** Accepted by the target. */
  accepted: 0,
  /** Refused by a limit. */
  limited: 1,
  /** Anything else, or no answer. */
  failed: 2,
  /** Not sent: as many as may be unanswered were. */
  dropped: 3,
} as const

/** What the client of a firing used of the processor. */
export interface ClientCpu {
  /** 1 is one core, all the time. */
  shareOfCore: number
  /** 1 is all cores of the machine. */
  shareOfMachine: number
}

/**
 * What one firing at a rate was seen to meet; requests in the order in which they were due. All times
 * are milliseconds since the start of the firing.
 */
export interface Observation {
  ratePerSecond: number
  /** How long requests were due. */
  durationMs: number
  dueMs: Float64Array
  /** When they were sent, or dropped. */
  sentMs: Float64Array
  /** From sending to the last byte, or to giving up; NaN where a request was dropped. */
  latencyMs: Float64Array
  /** One of `Met`. */
  met: Uint8Array
  /** `undefined` where the system does not say. */
  cpu?: ClientCpu
  /** Least and most time until all that was accepted was visible; the most is missing where that was not seen. */
  lagMs?: readonly [number, number | undefined]
}

/** What a firing left of a load. */
export interface FiringRecords {
  /** When the clock of its schedule began, in Unix milliseconds. */
  startedAtMs: number
  /** Records of its requests, each with its place in the schedule, counted from 0. */
  records: readonly (HistoryRecord & { turn: number })[]
  /** Was the schedule carried out to its end? If not, what is due after the last request is left out. */
  complete: boolean
  outcomeOf: (status: number) => Outcome
}

/** Requests of a firing in columns. */
export type Requests = Pick<Observation, 'dueMs' | 'sentMs' | 'latencyMs' | 'met'>

/** Holds what a firing left against its schedule: a request of it without a record was dropped. */
export function requestsOf(
  schedule: Float64Array,
  { startedAtMs, records, complete, outcomeOf }: FiringRecords,
): Requests {
  const lastTurn = records.reduce((last, { turn }) => Math.max(last, turn), -1)
  const dueMs = complete ? schedule.slice() : schedule.slice(0, lastTurn + 1)
  const sentMs = dueMs.slice()
  const latencyMs = new Float64Array(dueMs.length).fill(Number.NaN)
  const met = new Uint8Array(dueMs.length).fill(Met.dropped)
  for (const { turn, sent, received, durationMs, status } of records) {
    const outcome = outcomeOf(status)
    sentMs[turn] = sent - startedAtMs
    latencyMs[turn] = durationMs ?? received - sent
    met[turn] =
      outcome === Outcome.accepted ? Met.accepted : outcome === Outcome.limited ? Met.limited : Met.failed
  }
  return { dueMs, sentMs, latencyMs, met }
}
