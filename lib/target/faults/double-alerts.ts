import type { Behaviour } from '../behaviour.ts'

/** Takes every n-th payload that it accepted in twice, as a worker does that dies before it says it is done. */
export function doubleAlerts(behaviour: Behaviour, oneIn: number): Behaviour {
  let accepted = 0
  return {
    ...behaviour,
    timesTakenIn(request, decision) {
      const times = behaviour.timesTakenIn(request, decision)
      return decision.admitted && ++accepted % oneIn === 0 ? 2 * times : times
    },
  }
}
