/** What a limiter promises, in the words of a spec: at most `limit` units in a window, for each key. */
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
  /** Do refused requests use up the limit? Default: either may be. */
  limitedRequests?: 'counted' | 'free' | 'either'
}

/** The algorithms that a limiter can be verified against. */
export type LimiterAlgorithm =
  | 'fixed-window'
  | 'first-hit-window'
  | 'sliding-log'
  | 'sliding-counter'
  | 'token-bucket'
  | 'gcra'
