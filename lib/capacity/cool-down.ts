import { Met, type Observation } from './observation.ts'

/** What is waited in any case: connections close, and the target tidies up. */
const leastMs = 500
const mostMs = 30_000

/**
 * How long nothing is sent after a firing, so that the next one meets no queue that this one has left.
 * Requests that were given up may still wait in the target: it is given the time in which it answered as
 * many during the firing.
 */
export function coolDownMs({ durationMs, met }: Pick<Observation, 'durationMs' | 'met'>): number {
  let [answered, givenUp] = [0, 0]
  for (const kind of met) {
    if (kind === Met.failed) givenUp++
    else if (kind !== Met.dropped) answered++
  }
  return Math.min(mostMs, leastMs + (givenUp * durationMs) / Math.max(1, answered))
}
