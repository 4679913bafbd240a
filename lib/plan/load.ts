/** A stretch of a load over which its rate goes evenly from one value to another. */
export interface LoadStage {
  durationMs: number
  fromPerSecond: number
  toPerSecond: number
}

/**
 * Open-model traffic: requests come when they come, whatever becomes of those before. One that cannot
 * leave when it is due, for lack of room, is dropped and recorded as such; it never leaves later instead.
 */
export interface Load {
  /** Sent for in turn: the k-th request is for the (k mod n)-th of them. */
  descriptors: string[]
  /** One after the other, without a gap. */
  stages: LoadStage[]
  /**
   * `poisson`: at random, each request independent of all others, as the requests of many callers come.
   * `even`: as far apart as the rate has it.
   */
  arrivals: 'poisson' | 'even'
  /** Of the arrivals. */
  seed: number
  /** When the first stage starts, from the start of the firing. */
  startMs: number
  /** How many may be unanswered at once. */
  maxInFlight: number
  /**
   * Use connections again also for requests that the transport repeats by itself when one breaks, such as
   * GET: as most clients do, and without using up ports, of which a connection for each request takes one
   * for a minute. A repeated request is recorded once. Default: such requests get connections of their own.
   */
  keepsConnections?: boolean
}

/** How many requests a load consists of: what its rates add up to, rounded. */
export function requestCount({ stages }: Pick<Load, 'stages'>): number {
  return Math.round(stages.reduce((total, stage) => total + expectedIn(stage), 0))
}

/** How many requests a stage stands for, as a fraction: the area under its rate. */
export function expectedIn({ durationMs, fromPerSecond, toPerSecond }: LoadStage): number {
  return ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1000)
}

/** The highest rate of a load, a second. */
export function peakPerSecond({ stages }: Pick<Load, 'stages'>): number {
  return stages.reduce((peak, stage) => Math.max(peak, stage.fromPerSecond, stage.toPerSecond), 0)
}

/** When the last stage of a load is over, from the start of the firing. */
export function endOfLoadMs({ startMs, stages }: Load): number {
  return stages.reduce((endMs, { durationMs }) => endMs + durationMs, startMs)
}
