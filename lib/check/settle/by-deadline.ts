import { giveBack } from '../evidence/give-back.ts'
import { deadlineUs, type Limiter, type Settled, type Timed } from './settle.ts'

/**
 * Gives places in an order to requests of which any can take any place: each place is as early as it
 * can be, and goes to the one that has to be decided first of those that can be (earliest deadline
 * first). Each is decided at the place's instant. Where one comes too late because a less urgent one
 * took the place before it, that one is told to wait for it, and the rest is left to the next round.
 * @param users by their instants, before which they are not decided.
 * @param opensUs the earliest instant from `atUs` on for the next place; told of each place in turn.
 */
export function placeByDeadline(
  limiter: Limiter,
  users: Timed,
  atUs: Float64Array,
  opensUs: (place: number, atUs: number) => number,
): Settled {
  const { order, times } = users
  const { rows } = limiter.evidence
  /** Those that can be decided by now, the most urgent one last. */
  const waiting: Waiting[] = []
  const placed = new Uint32Array(times.length)
  let next = 0
  let lastUs = Number.NEGATIVE_INFINITY
  let changed = false
  for (let place = 0; place < times.length; place++) {
    const readyUs = waiting.length > 0 ? lastUs : Math.max(lastUs, times[next] as number)
    const earliestUs = opensUs(place, readyUs)
    for (; next < times.length && (times[next] as number) <= earliestUs; next++) {
      queue(waiting, { user: next, byUs: deadlineUs(limiter, order[next] as number) })
    }
    const { user, byUs } = waiting.pop() as Waiting
    if (byUs < earliestUs) return makeRoom(limiter, users, placed.subarray(0, place), user, atUs)
    placed[place] = user
    lastUs = earliestUs
    if (times[user] === earliestUs) continue
    atUs[rows[order[user] as number] as number] = earliestUs
    changed = true
  }
  giveBack(placed)
  return changed ? 'changed' : 'unchanged'
}

/** One that can be decided: which of the users it is, and by when it has to be. */
interface Waiting {
  user: number
  byUs: number
}

/** Puts one behind those that are less urgent. */
function queue(waiting: Waiting[], one: Waiting): void {
  let rank = waiting.push(one) - 1
  for (; rank > 0 && (waiting[rank - 1] as Waiting).byUs < one.byUs; rank--) {
    waiting[rank] = waiting[rank - 1] as Waiting
  }
  waiting[rank] = one
}

/** Makes the latest of those placed before a request, that can wait longer than it, wait for it to be sent. */
function makeRoom(
  limiter: Limiter,
  { order, times }: Timed,
  placed: Uint32Array,
  urgent: number,
  atUs: Float64Array,
): Settled {
  const { rows } = limiter.evidence
  const byUs = (user: number) => deadlineUs(limiter, order[user] as number)
  const urgentByUs = byUs(urgent)
  // None of those is placed after the urgent one was sent: from then on it would have come first.
  const patient = placed.findLast((user) => byUs(user) > urgentByUs)
  if (patient === undefined) return 'impossible'
  // What this round moved is taken back: the next one finds better places.
  for (let k = 0; k < times.length; k++) atUs[rows[order[k] as number] as number] = times[k] as number
  atUs[rows[order[patient] as number] as number] = times[urgent] as number
  return 'changed'
}
