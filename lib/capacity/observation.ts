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

/** What a firing left: its requests, and those that it could not send. */
export interface FiringRecords {
  startedAtMs: number
  records: readonly HistoryRecord[]
  dropped: readonly { count: number; atMs: number }[]
  outcomeOf: (status: number) => Outcome
}

/** Requests of a firing in columns. */
export type Requests = Pick<Observation, 'dueMs' | 'sentMs' | 'latencyMs' | 'met'>

/**
 * Holds what a firing left against its schedule: the k-th request that was sent or dropped is the k-th
 * that was due. Where fewer were sent than were due, as after an interruption, the rest is left out.
 */
export function requestsOf(
  schedule: Float64Array,
  { startedAtMs, records, dropped, outcomeOf }: FiringRecords,
): Requests {
  const all = [
    ...records.map(({ sent, received, durationMs, status }) => {
      const outcome = outcomeOf(status)
      const met =
        outcome === Outcome.accepted ? Met.accepted : outcome === Outcome.limited ? Met.limited : Met.failed
      return { atMs: sent - startedAtMs, latencyMs: durationMs ?? received - sent, met }
    }),
    ...dropped.flatMap(({ count, atMs }) =>
      Array.from({ length: count }, () => ({
        atMs: atMs - startedAtMs,
        latencyMs: Number.NaN,
        met: Met.dropped,
      })),
    ),
  ].sort((one, other) => one.atMs - other.atMs)
  const kept = all.slice(0, schedule.length)
  return {
    dueMs: schedule.slice(0, kept.length),
    sentMs: Float64Array.from(kept, ({ atMs }) => atMs),
    latencyMs: Float64Array.from(kept, ({ latencyMs }) => latencyMs),
    met: Uint8Array.from(kept, ({ met }) => met),
  }
}
