import type { Algorithm } from '../spec/index.ts'

/**
 * A limiter as a value: pure functions over an immutable state. Times are whole microseconds and
 * never go backwards within one limiter; the caller supplies them, a model reads no clock. Costs are
 * whole numbers of 1 or more; a request is refused whole. Once a model admits a cost, it keeps
 * admitting it until something is charged.
 */
export interface LimiterModel<State = unknown> {
  readonly algorithm: Algorithm
  /** The state in which nothing has been counted. */
  init(): State
  /** Would a request of this cost be let through at this instant? Changes nothing. */
  admits(state: State, atUs: number, cost: number): boolean
  /** The state after a request of this cost was counted at this instant, let through or not. */
  charge(state: State, atUs: number, cost: number): State
  /**
   * The earliest instant at or after `atUs` at which a request of this cost would be let through
   * if nothing else arrived: what a truthful `Retry-After` says. Infinity where it never would be.
   */
  admitsFromUs(state: State, atUs: number, cost: number): number
}

/** What a windowed limiter needs to be told. A refill-based one has its own parameters beside. */
export interface LimiterParameters {
  limit: number
  windowUs: number
  /**
   * Where a fixed window or a sliding counter's window starts, or a refill tick lies, on the clock of
   * `atUs`; any representative modulo the window (the tick). Default 0.
   */
  phaseUs?: number
  /** Sliding counter only: how the weighted previous count is rounded. Default `floor`. */
  rounding?: 'floor' | 'none' | 'ceil'
  /** Token bucket and GCRA only: most units at once. Default: the limit. */
  burst?: number
  /** Token bucket only: refill in steps of this length instead of continuously. */
  refillTickUs?: number
}
