import type { Behaviour } from '../behaviour.ts'

/** What a cache in front says that answers with what it kept. */
const fromCache = { age: '5', 'x-cache': 'HIT' }

/** Refuses as before, and says that the refusal comes from a cache. */
export function cachedRefusals(behaviour: Behaviour): Behaviour {
  return {
    ...behaviour,
    refuse(request, decision) {
      const answer = behaviour.refuse(request, decision)
      return { ...answer, headers: { ...answer.headers, ...fromCache } }
    },
  }
}
