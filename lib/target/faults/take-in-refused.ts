import type { Behaviour } from '../behaviour.ts'

/** Takes every n-th payload in that it said it refused. */
export function takeInRefused(behaviour: Behaviour, oneIn: number): Behaviour {
  let refused = 0
  return {
    ...behaviour,
    timesTakenIn(request, decision) {
      const times = behaviour.timesTakenIn(request, decision)
      return !decision.admitted && ++refused % oneIn === 0 ? 1 : times
    },
  }
}
