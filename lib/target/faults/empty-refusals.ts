import type { Behaviour } from '../behaviour.ts'

/** Refuses as before, with nothing in the body. */
export function emptyRefusals(behaviour: Behaviour): Behaviour {
  return {
    ...behaviour,
    refuse(request, decision) {
      const { status, headers } = behaviour.refuse(request, decision)
      return { status, headers }
    },
  }
}
