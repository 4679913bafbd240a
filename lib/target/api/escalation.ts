import type { EscalationChain } from '../existing.ts'
import { notFound } from '../http/answer.ts'
import { page } from '../http/page.ts'
import type { World } from '../world.ts'
import type { Resource } from './resource.ts'

const showChain = ({ id, name }: EscalationChain) => ({ id, name, team_id: null })

/** `escalation_chains/`: those that the configuration says are there. */
export function escalationChains({ directory }: World): Resource {
  return {
    collection: {
      GET: ({ user, page: asked }) => page(directory.escalationChains(user.organization), asked, showChain),
    },
    item: {
      GET({ user }, id) {
        const found = directory.escalationChains(user.organization).find((chain) => chain.id === id)
        return found ? { status: 200, body: showChain(found) } : notFound
      },
    },
  }
}

/** `escalation_policies/`: the steps of chains, of one with `escalation_chain_id`. */
export function escalationPolicies({ directory }: World): Resource {
  return {
    collection: {
      GET({ user, query, page: asked }) {
        const of = query.get('escalation_chain_id')
        const policies = directory
          .escalationChains(user.organization)
          .filter(({ id }) => of === null || id === of)
          .flatMap(({ id, steps }) =>
            steps.map(({ type, persons, schedule, durationSeconds }, position) => ({
              id: `E${id}${position}`,
              escalation_chain_id: id,
              position,
              type,
              ...(persons && { persons_to_notify: persons }),
              ...(schedule && { notify_on_call_from_schedule: schedule }),
              ...(durationSeconds && { duration: durationSeconds }),
            })),
          )
        return page(policies, asked, (policy) => policy)
      },
    },
  }
}
