import type { CpuUse } from './cpu-use.ts'
import type { Suffering } from './suffering.ts'

/** What every outcome of a firing says, however it ended. Times are Unix milliseconds. */
export interface Ended {
  /** When the first request could be sent; `undefined` when k6 never came that far. */
  startedAtMs: number | undefined
  /** When nothing more could be sent or answered. Unanswered requests are recorded as given up then. */
  endedAtMs: number
  /** Watches that said themselves that they were done, by their name in the plan. */
  settledWatches: string[]
  /**
   * The clock's zero for the schedule of each load of the plan, in Unix milliseconds: when the k6 that
   * carried it out began. `undefined` where it never did.
   */
  loadsStartedAtMs: (number | undefined)[]
  /** What k6 itself used of the processor, from its start on; `undefined` where the system does not say. */
  cpu: CpuUse | undefined
  /** Lines of k6 that could not be read, or answers without a request. Zero, or the history lacks something. */
  lostLines: number
}

/** How a firing ended. In every case each request that was started has been handed over as a record. */
export type FireOutcome =
  | (Ended & { kind: 'finished' })
  /** By the signal that was passed. */
  | (Ended & { kind: 'interrupted' })
  /** k6 could not be started, broke off, or did not end by itself; `explanation` is for a person. */
  | (Ended & { kind: 'k6-failed'; explanation: string; exitCode: number | null; signal: string | null })
  /** Stopped early, since most connections could not be made; `lastError` says why in a few words. */
  | (Ended & { kind: 'unreachable'; explanation: string; lastError: string })
  /** Stopped early, since the target answers with errors, or not in time. */
  | (Ended & { kind: 'suffering'; explanation: string; seen: Suffering })
