import { firstAbove, firstAtLeast } from '../evidence/search.ts'
import { placeByDeadline } from './by-deadline.ts'
import { type Limiter, requiredRefusals, type Settled, type User, usersInOrder } from './settle.ts'

/** So many instants within one refusal's interval are looked at. */
const mostInstants = 1_000

/** Meets the demands of a sliding log; requests of cost 1 only. */
export function settleSlidingLog(limiter: Limiter, atUs: Float64Array): Settled {
  if (limiter.evidence.unitCost !== 1) return 'impossible'
  const users = usersInOrder(limiter, atUs)
  const held = users.every(({ admitted }) => admitted)
    ? holdBackByDeadline(limiter, users, atUs)
    : holdBack(limiter, users, atUs)
  if (held !== 'unchanged') return held
  return justify(limiter, usersInOrder(limiter, atUs), atUs)
}

/** Moves each that is let through to when the one `limit` before it has expired. */
function holdBack({ hypothesis }: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const { limit, windowUs } = hypothesis
  let changed = false
  for (let m = limit; m < users.length; m++) {
    const user = users[m] as User
    const earliestUs = (users[m - limit] as User).atUs + windowUs
    if (!user.admitted || user.atUs >= earliestUs) continue
    if (user.hiUs < earliestUs) return 'impossible'
    atUs[user.row] = earliestUs
    user.atUs = earliestUs
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same where all that is logged was let through, and any of them can take any place. */
function holdBackByDeadline({ hypothesis }: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const { limit, windowUs } = hypothesis
  const placesUs = new Float64Array(users.length)
  return placeByDeadline(users, atUs, (place, readyUs) => {
    const expiryUs = place < limit ? readyUs : (placesUs[place - limit] as number) + windowUs
    placesUs[place] = Math.max(readyUs, expiryUs)
    return placesUs[place] as number
  })
}

/** Sees to it that for each refusal the log is full at some instant of its interval. */
function justify(limiter: Limiter, users: User[], atUs: Float64Array): Settled {
  const { evidence } = limiter
  const { limit, windowUs } = limiter.hypothesis
  const own = new Map(users.map((user) => [user.i, user]))
  const times = Float64Array.from(users, (user) => user.atUs)
  let changed = false
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const from = atUs[row] as number
    const counted = own.get(i)
    const others = counted ? users.filter((user) => user !== counted) : users
    const at = counted ? Float64Array.from(others, (user) => user.atUs) : times
    const isFull = (us: number) =>
      (at[firstAbove(at, us) - limit] ?? Number.NEGATIVE_INFINITY) > us - windowUs
    if (isFull(from)) continue
    const instants = instantsWithin(at, from, evidence.hiUs[i] as number)
    // A refusal that is not counted is in nobody's way: it can wait for the log to fill up.
    const full = instants.find(isFull)
    if (full !== undefined) {
      atUs[row] = full
    } else if (!delay(limiter, others, at, [from, ...instants], row, atUs)) {
      return 'impossible'
    }
    // Where the refusal is counted itself, the next round finds it in its new place.
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The instants after one, up to another, at which something is counted. */
function instantsWithin(times: Float64Array, fromUs: number, toUs: number): number[] {
  const instants: number[] = []
  for (let k = firstAbove(times, fromUs); k < times.length && instants.length < mostInstants; k++) {
    if ((times[k] as number) > toUs) break
    instants.push(times[k] as number)
  }
  return instants
}

/**
 * Moves requests that would have expired before a refusal to where they still count: at the instant of
 * those for the refusal at which they have to be moved least, taken together.
 */
function delay(
  { hypothesis }: Limiter,
  users: User[],
  times: Float64Array,
  instants: readonly number[],
  row: number,
  atUs: Float64Array,
): boolean {
  const { limit, windowUs } = hypothesis
  let best: { moves: User[]; toUs: number; us: number; by: number } | undefined
  for (const us of instants) {
    const toUs = us - windowUs + 1
    const missing = firstAbove(times, toUs - 1) - (firstAbove(times, us) - limit)
    if (missing > mostInstants) continue
    const moves: User[] = []
    let by = 0
    for (let k = firstAbove(times, toUs - 1) - 1; k >= 0 && moves.length < missing; k--) {
      const user = users[k] as User
      by += user.hiUs >= toUs ? toUs - user.atUs : 0
      if (best && by >= best.by) break
      if (user.hiUs >= toUs) moves.push(user)
    }
    if (moves.length >= missing) best = { moves, toUs, us, by }
  }
  if (!best) return false
  for (const user of best.moves) {
    moveLater(users, times, user, best.toUs)
    atUs[user.row] = best.toUs
  }
  atUs[row] = best.us
  return true
}

/** Gives one user a later instant and its new place in the order, for those that count after it. */
function moveLater(users: User[], times: Float64Array, user: User, toUs: number): void {
  let place = users.indexOf(user, firstAtLeast(times, user.atUs))
  user.atUs = toUs
  for (; place + 1 < users.length && (times[place + 1] as number) < toUs; place++) {
    users[place] = users[place + 1] as User
    times[place] = times[place + 1] as number
  }
  users[place] = user
  times[place] = toUs
}
