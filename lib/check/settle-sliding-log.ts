import { Use } from './evidence.ts'
import { type Limiter, requiredRefusals, type Settled, type User, usersInOrder } from './settle.ts'

/** Meets the demands of a sliding log; requests of cost 1 only. */
export function settleSlidingLog(limiter: Limiter, atUs: Float64Array): Settled {
  const { limit, windowUs } = limiter.hypothesis
  const { evidence } = limiter
  if (evidence.unitCost !== 1) return 'impossible'
  let users = usersInOrder(limiter, atUs)
  let changed = false
  for (let m = limit; m < users.length; m++) {
    const user = users[m] as (typeof users)[number]
    const earliestUs = (users[m - limit] as typeof user).atUs + windowUs
    if (!user.admitted || user.atUs >= earliestUs) continue
    if (user.hiUs < earliestUs) return 'impossible'
    atUs[user.row] = earliestUs
    user.atUs = earliestUs
    changed = true
  }
  if (changed) return 'changed'
  users = usersInOrder(limiter, atUs)
  for (const i of requiredRefusals(limiter)) {
    const row = evidence.rows[i] as number
    const hi = evidence.hiUs[i] as number
    const us = atUs[row] as number
    const others = evidence.use[i] === Use.never ? users : users.filter((user) => user.i !== i)
    const counted = decidedUpTo(others, us)
    const oldest = others[counted - limit]
    const next = others[counted]
    if (oldest && oldest.atUs > us - windowUs) continue
    if (oldest && oldest.hiUs > us - windowUs) {
      oldest.atUs = us - windowUs + 1
      atUs[oldest.row] = oldest.atUs
    } else if (next && next.atUs <= hi) {
      atUs[row] = next.atUs
    } else {
      return 'impossible'
    }
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

function decidedUpTo(users: readonly User[], us: number): number {
  let low = 0
  let high = users.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((users[middle] as User).atUs > us) high = middle
    else low = middle + 1
  }
  return low
}
