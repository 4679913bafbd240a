/**
 * Unix time in whole microseconds. Follows the monotonic clock from the process's start on, so it never
 * goes back and knows no steps of the wall clock.
 */
export function serverClockUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000)
}
