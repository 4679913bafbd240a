import type { FakeClock } from './fake-clock.ts'

/**
 * A limiter, seen from outside: is a request of this cost for this key let through at this instant?
 * `nowMs` is whole milliseconds, as `Date.now()` gives them, and never goes backwards between calls. The
 * answer may come later: other requests are decided meanwhile.
 */
export type Decide = (key: string, cost: number, nowMs: number) => boolean | Promise<boolean>

/** What a limiter may use of the world it is simulated in. */
export interface World {
  /** The only clock there is; waiting on it lets other requests go on. */
  clock: FakeClock
  /** Random numbers from 0 to 1, the same for the same seed. */
  random: () => number
}

/** Makes a limiter in which nothing has been counted: each history is decided by a new one. */
export type CreateLimiter = (world: World) => Decide
