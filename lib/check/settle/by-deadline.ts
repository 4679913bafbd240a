import type { Settled, User } from './settle.ts'

/**
 * Gives places in an order to requests of which any can take any place: each place is as early as it
 * can be, and goes to the one that has to be decided first of those that can be (earliest deadline
 * first). Each is decided at the place's instant. Where one comes too late because a less urgent one
 * took the place before it, that one is told to wait for it, and the rest is left to the next round.
 * @param users by their instants, before which they are not decided.
 * @param opensUs the earliest instant from `atUs` on for the next place; told of each place in turn.
 */
export function placeByDeadline(
  users: readonly User[],
  atUs: Float64Array,
  opensUs: (place: number, atUs: number) => number,
): Settled {
  /** Those that can be decided by now, the most urgent one last. */
  const waiting: User[] = []
  const order: User[] = []
  let next = 0
  let lastUs = Number.NEGATIVE_INFINITY
  let changed = false
  for (let place = 0; place < users.length; place++) {
    const readyUs = waiting.length > 0 ? lastUs : Math.max(lastUs, (users[next] as User).atUs)
    const earliestUs = opensUs(place, readyUs)
    for (; next < users.length && (users[next] as User).atUs <= earliestUs; next++) {
      const user = users[next] as User
      let rank = waiting.length
      while (rank > 0 && (waiting[rank - 1] as User).hiUs < user.hiUs) rank--
      waiting.splice(rank, 0, user)
    }
    const user = waiting.pop() as User
    if (user.hiUs < earliestUs) return makeRoom(users, order, user, atUs)
    order.push(user)
    lastUs = earliestUs
    if (user.atUs === earliestUs) continue
    atUs[user.row] = earliestUs
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** Makes the latest of those placed before a request, that can wait longer than it, wait for it to be sent. */
function makeRoom(
  users: readonly User[],
  placed: readonly User[],
  urgent: User,
  atUs: Float64Array,
): Settled {
  // None of those is placed after the urgent one was sent: from then on it would have come first.
  const patient = placed.findLast((user) => user.hiUs > urgent.hiUs)
  if (!patient) return 'impossible'
  // What this round moved is taken back: the next one finds better places.
  for (const user of users) atUs[user.row] = user.atUs
  atUs[patient.row] = urgent.atUs
  return 'changed'
}
