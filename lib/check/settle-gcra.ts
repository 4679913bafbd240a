import { createLimiter } from '../limiters/index.ts'
import { Use } from './evidence.ts'
import { type Limiter, requiredRefusals, type Settled, type User, usersInOrder } from './settle.ts'

/**
 * Meets the demands of GCRA, or of the token bucket that decides as it does: each request is let
 * through as soon as the bucket allows, and a refused one is moved to where the bucket lacks tokens.
 */
export function settleGcra(limiter: Limiter, atUs: Float64Array): Settled {
  const users = usersInOrder(limiter, atUs)
  const model = modelOf(limiter)
  let state = model.init()
  let changed = false
  for (const user of users) {
    const at = atUs[user.row] as number
    if (user.admitted) {
      const opensUs = model.admitsFromUs(state, at, user.cost)
      if (opensUs > user.hiUs) return 'impossible'
      if (opensUs > at) {
        atUs[user.row] = opensUs
        changed = true
      }
    }
    state = model.charge(state, atUs[user.row] as number, user.cost)
  }
  if (changed) return 'changed'
  const { evidence } = limiter
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const hi = evidence.hiUs[i] as number
    const cost = evidence.cost[i] as number
    const others = evidence.use[i] === Use.surely ? users.filter((user) => user.i !== i) : users
    const lacking = lackingAt(limiter, others)
    const from = atUs[row] as number
    if (lacking(from, cost)) continue
    const next = others.find((user) => user.atUs > from && user.atUs <= hi && lacking(user.atUs, cost))
    if (next) atUs[row] = next.atUs
    else if (!delayLast(others, from, atUs)) return 'impossible'
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/**
 * The later the last request before a refusal is let through, the less has been refilled since: moves
 * it up to the refusal.
 */
function delayLast(users: readonly User[], refusedUs: number, atUs: Float64Array): boolean {
  const last = users.findLast((user) => user.atUs < refusedUs && user.hiUs >= refusedUs)
  if (!last) return false
  atUs[last.row] = refusedUs
  return true
}

/** Would the bucket refuse at an instant, with what is decided up to and including it taken out? */
export function lackingAt(limiter: Limiter, users: readonly User[]): (us: number, cost: number) => boolean {
  const model = modelOf(limiter)
  const states = [model.init()]
  for (const user of users) states.push(model.charge(states.at(-1), user.atUs, user.cost))
  const times = Float64Array.from(users, (user) => user.atUs)
  return (us, cost) => {
    let [low, high] = [0, times.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((times[middle] as number) > us) high = middle
      else low = middle + 1
    }
    return !model.admits(states[low], us, cost)
  }
}

function modelOf({ hypothesis }: Limiter) {
  return createLimiter('gcra', { limit: hypothesis.limit, windowUs: hypothesis.windowUs })
}
