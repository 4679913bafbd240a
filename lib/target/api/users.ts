import { notFound } from '../http/answer.ts'
import type { User } from '../store/directory.ts'
import type { World } from '../world.ts'
import type { Resource } from './resource.ts'

const showUser = ({ id, username, email, role, teams }: User) => ({
  id,
  username: username ?? id,
  email: email ?? `${id}@example.org`,
  role,
  timezone: 'UTC',
  teams,
})

/** `users/`: those of the organization; `users/current/` is whom the key belongs to. */
export function users({ config }: World): Resource {
  return {
    item: {
      GET({ user }, id) {
        if (id === 'current') return { status: 200, body: showUser(user) }
        const found = config.users.find((one) => one.id === id && one.organization === user.organization)
        return found ? { status: 200, body: showUser(found) } : notFound
      },
    },
  }
}
