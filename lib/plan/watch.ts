import type { Ration, WatchPlan } from './plan.ts'

/** One answered request, as the watch needs to know it. */
export interface WatchAnswer {
  descriptor: string
  outcome: 'accepted' | 'limited' | 'unknown'
  /** The scope that the response blamed, where it says. */
  limitedBy?: string
  sentMs: number
  nowMs: number
}

/** A request that is due now. */
export interface WatchSend {
  descriptor: string
  purpose: 'fill' | 'probe'
}

/**
 * The adaptive half of a run: a state machine that is told what was answered and says what to send.
 * It reads no clock and sends nothing itself, so the same code runs inside k6 and in a simulation.
 * Times are milliseconds since the start of the firing.
 */
export interface Watch {
  /** What to send now; the caller sends all of it at once. Counts each as in flight. */
  due(nowMs: number): WatchSend[]
  /** When to ask again if nothing is answered before; `undefined` when done. */
  nextDueMs(nowMs: number): number | undefined
  /** Tells the watch about an answer. Call `due` afterwards. */
  answered(answer: WatchAnswer): void
  /** Requests that were due but not sent, because too many were in flight; cleared by reading. */
  takeDropped(): { descriptor: string; count: number }[]
  readonly done: boolean
}

/** Makes the watch for a plan; what rations forbid is not due before they allow it. */
export type CreateWatch = (plan: WatchPlan, rations?: readonly Ration[]) => Watch
