import { type ClientCpu, type Observation, requestsOf } from '../capacity/index.ts'
import { readLoadRequest } from '../fire/index.ts'
import type { HistoryRecord, Outcome } from '../history/index.ts'
import { type Load, scheduleOf } from '../plan/index.ts'
import type { Lag } from './conduct.ts'

/**
 * One firing, as it is found again in the history: its requests have ids that begin with `number-`. With
 * them and its arrivals it holds all that is judged of it.
 */
export interface FiringNote {
  number: number
  ratePerSecond: number
  durationMs: number
  seed: number
  stages: Load['stages']
  /** When its first stage started, from `startedAtMs`. */
  startMs: number
  startedAtMs: number
  endedAtMs: number
  /** How many requests were recorded. */
  requests: number
  /** Was its schedule carried out to its end? */
  complete: boolean
  /** What k6 used; `undefined` where the system does not say. */
  cpu?: ClientCpu
  lagMs?: Lag
}

/** What was seen of a firing: as its note has it, and its records. */
export function observedIn(
  note: FiringNote,
  arrivals: Load['arrivals'],
  records: readonly HistoryRecord[],
  outcomeOf: (status: number) => Outcome,
): Observation {
  const { ratePerSecond, durationMs, stages, seed, startMs, startedAtMs, complete, cpu, lagMs } = note
  const turns = records.flatMap((record) => {
    const turn = turnOf(record.request)
    return turn === undefined ? [] : [{ ...record, turn }]
  })
  const schedule = scheduleOf({ stages, arrivals, seed, startMs })
  const requests = requestsOf(schedule, { startedAtMs, records: turns, complete, outcomeOf })
  const seenMs = complete ? durationMs : (requests.dueMs.at(-1) ?? 0)
  return { ratePerSecond, durationMs: seenMs, ...requests, ...(cpu && { cpu }), ...(lagMs && { lagMs }) }
}

/** The place of a request in the schedule of its firing; its id has the firing before it. */
function turnOf(request: string | undefined): number | undefined {
  return readLoadRequest(request?.replace(/^\d+-/, ''))?.turn
}
