import type { Behaviour } from '../behaviour.ts'

/** Refuses as before, without a word on how long to wait. */
export function hideRetryAfter(behaviour: Behaviour): Behaviour {
  return {
    ...behaviour,
    refuse(request, decision) {
      const { headers, ...answer } = behaviour.refuse(request, decision)
      const { 'retry-after': _, ...others } = headers ?? {}
      return { ...answer, headers: others }
    },
  }
}
