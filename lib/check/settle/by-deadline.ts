import type { Settled, UseColumns } from './settle.ts'

/**
 * Gives places in an order to requests of which any can take any place: each place is as early as it
 * can be, and goes to the one that has to be decided first of those that can be (earliest deadline
 * first). Each is decided at the place's instant. Where one comes too late because a less urgent one
 * took the place before it, that one is told to wait for it, and the rest is left to the next round.
 * @param users by their instants, before which they are not decided.
 * @param opensUs the earliest instant from `atUs` on for the next place; told of each place in turn.
 */
export function placeByDeadline(
  users: UseColumns,
  atUs: Float64Array,
  opensUs: (place: number, atUs: number) => number,
): Settled {
  const { rows, times, hiUs } = users
  /** Those that can be decided by now, the most urgent one last. */
  const waiting: number[] = []
  const order = new Uint32Array(times.length)
  let next = 0
  let lastUs = Number.NEGATIVE_INFINITY
  let changed = false
  for (let place = 0; place < times.length; place++) {
    const readyUs = waiting.length > 0 ? lastUs : Math.max(lastUs, times[next] as number)
    const earliestUs = opensUs(place, readyUs)
    for (; next < times.length && (times[next] as number) <= earliestUs; next++) {
      let rank = waiting.length
      waiting.push(next)
      for (; rank > 0 && isMoreUrgent(hiUs, waiting[rank - 1] as number, next); rank--) {
        waiting[rank] = waiting[rank - 1] as number
      }
      waiting[rank] = next
    }
    const user = waiting.pop() as number
    if ((hiUs[user] as number) < earliestUs) return makeRoom(users, order.subarray(0, place), user, atUs)
    order[place] = user
    lastUs = earliestUs
    if (times[user] === earliestUs) continue
    atUs[rows[user] as number] = earliestUs
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

function isMoreUrgent(hiUs: Float64Array, user: number, other: number): boolean {
  return (hiUs[user] as number) < (hiUs[other] as number)
}

/** Makes the latest of those placed before a request, that can wait longer than it, wait for it to be sent. */
function makeRoom(
  { rows, times, hiUs }: UseColumns,
  placed: Uint32Array,
  urgent: number,
  atUs: Float64Array,
): Settled {
  // None of those is placed after the urgent one was sent: from then on it would have come first.
  const patient = placed.findLast((user) => isMoreUrgent(hiUs, urgent, user))
  if (patient === undefined) return 'impossible'
  // What this round moved is taken back: the next one finds better places.
  for (let user = 0; user < times.length; user++) atUs[rows[user] as number] = times[user] as number
  atUs[rows[patient] as number] = times[urgent] as number
  return 'changed'
}
