import { notFound } from '../http/answer.ts'
import type { User } from '../store/directory.ts'
import type { Resource } from './resource.ts'

const showUser = ({ id, username, email, role }: User) => ({
  id,
  username: username ?? id,
  email: email ?? `${id}@example.org`,
  role,
  timezone: 'UTC',
  teams: [],
})

/** `users/current/`: whom the key belongs to. */
export const users: Resource = {
  item: {
    GET: ({ user }, id) =>
      id === 'current' || id === user.id ? { status: 200, body: showUser(user) } : notFound,
  },
}
