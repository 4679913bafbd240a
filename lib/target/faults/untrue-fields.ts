import type { Behaviour } from '../behaviour.ts'
import type { Faults } from './config.ts'

/** Limits as before, and tells another standing than the true one. */
export function untrueFields(
  behaviour: Behaviour,
  { remaining, limit, windowMs, reset }: NonNullable<Faults['rateLimitFields']>,
): Behaviour {
  return {
    ...behaviour,
    standings: (request) =>
      behaviour.standings(request).map((standing) => ({
        name: standing.name,
        limit: limit ?? standing.limit,
        windowMs: windowMs ?? standing.windowMs,
        remaining: remaining === 'never-falls' ? (limit ?? standing.limit) : standing.remaining,
        resetInUs: reset === 'epoch' ? request.atUs + standing.resetInUs : standing.resetInUs,
      })),
  }
}
