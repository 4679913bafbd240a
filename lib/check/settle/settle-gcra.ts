import { createLimiter, type LimiterModel } from '../../limiters/index.ts'
import { Use } from '../evidence/evidence.ts'
import { firstAbove } from '../evidence/search.ts'
import { BusyTimes } from './busy-times.ts'
import { placeByDeadline } from './by-deadline.ts'
import { type Limiter, requiredRefusals, type Settled, timedOf, type User, usersInOrder } from './settle.ts'

/**
 * Meets the demands of GCRA, or of a token bucket: each request is let
 * through as soon as the bucket allows, and a refused one is moved to where the bucket lacks tokens.
 */
export function settleGcra(limiter: Limiter, atUs: Float64Array): Settled {
  const users = usersInOrder(limiter, atUs)
  const held =
    users.every(({ admitted }) => admitted) && limiter.evidence.unitCost !== undefined
      ? holdBackByDeadline(limiter, users, atUs)
      : holdBack(limiter, users, atUs)
  if (held !== 'unchanged') return held
  const { evidence } = limiter
  const lackingFrom = lackingWithin(limiter, users)
  let changed = false
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const hi = evidence.hiUs[i] as number
    const cost = evidence.cost[i] as number
    const from = atUs[row] as number
    const found = lackingFrom(i, from, hi)
    if (found === from) continue
    // What was moved may count for the refusals that follow.
    if (found !== undefined) atUs[row] = found
    else {
      const others = evidence.use[i] === Use.surely ? users.filter((user) => user.i !== i) : users
      // The later a busy time begins, the less has been refilled by now.
      const refusedUs = new BusyTimes(limiter, others).delay(from, hi, cost, atUs)
      if (refusedUs === undefined) return 'impossible'
      atUs[row] = refusedUs
      return 'changed'
    }
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/**
 * When the bucket first lacks what a refusal asks for, with all others that are decided by then taken out: at an
 * instant, or at a later one at which something is decided, up to another.
 * @param users in order, the refusal among them where it is counted: then no later than at `fromUs`.
 */
function lackingWithin(
  limiter: Limiter,
  users: readonly User[],
): (i: number, fromUs: number, toUs: number) => number | undefined {
  const { use, cost } = limiter.evidence
  const model = modelOf(limiter)
  const states = statesOf(model, users)
  const times = Float64Array.from(users, ({ atUs }) => atUs)
  const placeOf = new Map(users.map(({ i }, place) => [i, place]))
  return (i, fromUs, toUs) => {
    // Where it is counted, what comes after it finds another state without it.
    const own = use[i] === Use.surely ? placeOf.get(i) : undefined
    let next = own === undefined ? firstAbove(times, fromUs) : own + 1
    let state = states[own ?? next]
    for (let us = fromUs; us <= toUs; us = times[next] ?? Number.POSITIVE_INFINITY) {
      for (; next < users.length && (times[next] as number) <= us; next++) {
        const user = users[next] as User
        state = model.charge(state, user.atUs, user.cost)
      }
      if (!model.admits(state, us, cost[i] as number)) return us
    }
    return undefined
  }
}

/** Moves each that is let through to when the bucket holds enough. */
function holdBack(limiter: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const model = modelOf(limiter)
  let state = model.init()
  let changed = false
  for (const user of users) {
    if (user.admitted) {
      const opensUs = model.admitsFromUs(state, user.atUs, user.cost)
      if (opensUs > user.hiUs) return 'impossible'
      if (opensUs > user.atUs) {
        atUs[user.row] = opensUs
        changed = true
      }
    }
    state = model.charge(state, atUs[user.row] as number, user.cost)
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same where all were let through and cost the same, so that any of them can take any place. */
function holdBackByDeadline(limiter: Limiter, users: readonly User[], atUs: Float64Array): Settled {
  const model = modelOf(limiter)
  const cost = limiter.evidence.unitCost as number
  /** By the number of places before. */
  const states = [model.init()]
  const placed = placeByDeadline(limiter, timedOf(users), atUs, (place, readyUs) => {
    const opensUs = model.admitsFromUs(states[place], readyUs, cost)
    states[place + 1] = model.charge(states[place], opensUs, cost)
    return opensUs
  })
  return placed === 'again' ? 'changed' : placed
}

/** Would the bucket refuse at an instant, with what is decided up to and including it taken out? */
export function lackingAt(limiter: Limiter, users: readonly User[]): (us: number, cost: number) => boolean {
  const model = modelOf(limiter)
  const states = statesOf(model, users)
  const times = Float64Array.from(users, (user) => user.atUs)
  return (us, cost) => !model.admits(states[firstAbove(times, us)], us, cost)
}

/** The states of a bucket, by how many of its users were taken out. */
function statesOf(model: LimiterModel, users: readonly User[]) {
  const states = [model.init()]
  for (const user of users) states.push(model.charge(states.at(-1), user.atUs, user.cost))
  return states
}

function modelOf({ hypothesis, startUs }: Limiter) {
  const { limit, windowUs, refillTickUs } = hypothesis
  if (refillTickUs === undefined) return createLimiter('gcra', { limit, windowUs })
  return createLimiter('token-bucket', { limit, windowUs, refillTickUs, phaseUs: startUs })
}
