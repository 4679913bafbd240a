import { createLimiter } from '../../limiters/index.ts'
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
  const lackingNow = lackingAt(limiter, users)
  let changed = false
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const hi = evidence.hiUs[i] as number
    const cost = evidence.cost[i] as number
    const counted = evidence.use[i] === Use.surely
    const others = counted ? users.filter((user) => user.i !== i) : users
    const lacking = counted ? lackingAt(limiter, others) : lackingNow
    const from = atUs[row] as number
    if (lacking(from, cost)) continue
    const next = others.find((user) => user.atUs > from && user.atUs <= hi && lacking(user.atUs, cost))
    if (next) atUs[row] = next.atUs
    // What was moved may count for the refusals that follow.
    else {
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
  return placeByDeadline(limiter, timedOf(users), atUs, (place, readyUs) => {
    const opensUs = model.admitsFromUs(states[place], readyUs, cost)
    states[place + 1] = model.charge(states[place], opensUs, cost)
    return opensUs
  })
}

/** Would the bucket refuse at an instant, with what is decided up to and including it taken out? */
export function lackingAt(limiter: Limiter, users: readonly User[]): (us: number, cost: number) => boolean {
  const model = modelOf(limiter)
  const states = [model.init()]
  for (const user of users) states.push(model.charge(states.at(-1), user.atUs, user.cost))
  const times = Float64Array.from(users, (user) => user.atUs)
  return (us, cost) => !model.admits(states[firstAbove(times, us)], us, cost)
}

function modelOf({ hypothesis, startUs }: Limiter) {
  const { limit, windowUs, refillTickUs } = hypothesis
  if (refillTickUs === undefined) return createLimiter('gcra', { limit, windowUs })
  return createLimiter('token-bucket', { limit, windowUs, refillTickUs, phaseUs: startUs })
}
