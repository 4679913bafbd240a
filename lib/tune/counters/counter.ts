/**
 * A limiter for many keys that changes in place, for replaying millions of requests. It decides as the
 * model of the same algorithm in `lib/limiters` does, which is what says how it has to decide. Keys are
 * numbers from 0; instants are whole microseconds and never go backwards.
 *
 * Counters are classes, unlike the models: V8 compiles the few methods that a call may mean into the
 * caller's loop, which it does not do for functions that are made anew for each counter.
 */
export interface Counter {
  admits(key: number, atUs: number, cost: number): boolean
  /** Counts a request, let through or not. */
  charge(key: number, atUs: number, cost: number): void
  /**
   * An instant before which nothing more is let through, whatever its cost, if nothing is charged until then.
   * Where that cannot be told, `atUs`.
   */
  closedUntilUs(key: number, atUs: number): number
}

/** What a counter needs to be told. */
export interface CounterTerms {
  limit: number
  windowUs: number
  /** How many keys there are. */
  keys: number
  /** Token buckets only: how far apart refills are, at multiples of that since instant 0; by default, no time. */
  refillTickUs?: number
  /** How far apart instants are that the limiter can tell apart, since instant 0; by default, a microsecond. */
  clockTickUs?: number
}
