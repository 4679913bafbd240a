/**
 * What a limiter promises, in the words of a spec: at most `limit` units in a window, for each key or
 * whatever else it counts by.
 */
export interface LimitUnderTest {
  /** Most units that are accepted in one window: a whole number of 1 or more. */
  limit: number
  /** Length of the window in whole milliseconds, 100 or more; or say `window`. */
  windowMs?: number
  /** Length of the window as a spec has it: `10s`, `500ms`, `5m`, `1h`. */
  window?: string
  /**
   * How the limit may be enforced. `any`, which is the default, stands for the four windowed algorithms:
   * whatever one of them explains is no failure. The narrower, the more is found.
   */
  algorithm?: LimiterAlgorithm | 'any' | readonly LimiterAlgorithm[]
  /**
   * A token bucket that is refilled at intervals, such as `1s`, instead of all the time. Each refill brings
   * whole units: limit × refillEvery / window.
   */
  refillEvery?: string
  /** Do refused requests use up the limit? Default: either may be. */
  limitedRequests?: 'counted' | 'free' | 'either'
  /**
   * Do requests that another limit refuses use up this one? `earlier`: only if the refuser comes later in
   * the list. Default: either may be.
   */
  chargedWhenRefused?: 'counted' | 'free' | 'earlier' | 'either'
  /**
   * What it counts by: each `key`, which is the default, or `all` keys together, or the keys for which a
   * function gives the same text. The function is asked once for each key.
   */
  per?: 'key' | 'all' | ((key: string) => string)
}

/** The algorithms that a limiter can be verified against. */
export type LimiterAlgorithm =
  | 'fixed-window'
  | 'first-hit-window'
  | 'sliding-log'
  | 'sliding-counter'
  | 'token-bucket'
  | 'gcra'
