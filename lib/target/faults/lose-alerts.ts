import type { Behaviour } from '../behaviour.ts'

/** Accepts as before, and then loses every n-th payload that it accepted. */
export function loseAlerts(behaviour: Behaviour, oneIn: number): Behaviour {
  let accepted = 0
  return {
    ...behaviour,
    timesTakenIn(request, decision) {
      const times = behaviour.timesTakenIn(request, decision)
      return decision.admitted && ++accepted % oneIn === 0 ? 0 : times
    },
  }
}
