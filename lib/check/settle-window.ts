import type { Limiter, Settled, User } from './settle.ts'
import { requiredRefusals } from './settle.ts'

/**
 * Meets the demands on one window [startUs, endUs): no more let through than the limit, and for
 * each refusal that can only lie here, the limit used up by its upper bound.
 * @param inside users now decided in the window, in order. @param before users decided before it.
 */
export function settleWindow(
  limiter: Limiter,
  atUs: Float64Array,
  startUs: number,
  endUs: number,
  inside: readonly User[],
  before: readonly User[],
): Settled {
  const { limit } = limiter.hypothesis
  const { evidence } = limiter
  const latestUse = latestUseUs(limiter, startUs, endUs)
  let units = 0
  for (const [k, user] of inside.entries()) {
    if (user.admitted && (units + user.cost > limit || user.atUs > latestUse)) {
      return pushOut(inside.slice(0, k + 1), endUs, atUs)
    }
    units += user.cost
  }
  for (const i of requiredRefusals(limiter)) {
    const hi = evidence.hiUs[i] as number
    if ((evidence.loUs[i] as number) < startUs || hi >= endUs) continue
    const counted = inside.reduce((sum, user) => (user.atUs <= hi ? sum + user.cost : sum), 0)
    if (counted + (evidence.cost[i] as number) > limit) continue
    return pullIn(before, startUs, atUs)
  }
  return 'unchanged'
}

/** Nothing may be let through in the window after the earliest upper bound of its refusals. */
function latestUseUs(limiter: Limiter, startUs: number, endUs: number): number {
  const { loUs, hiUs } = limiter.evidence
  let latest = Number.POSITIVE_INFINITY
  for (const i of requiredRefusals(limiter)) {
    if ((loUs[i] as number) >= startUs && (hiUs[i] as number) < endUs)
      latest = Math.min(latest, hiUs[i] as number)
  }
  return latest
}

/** Moves the latest user that can cross the window's end over it. */
function pushOut(users: readonly User[], endUs: number, atUs: Float64Array): Settled {
  const movable = users.findLast((user) => user.hiUs >= endUs)
  if (!movable) return 'impossible'
  atUs[movable.row] = endUs
  return 'changed'
}

/** Moves the latest user before the window that can be in it over its start. */
function pullIn(before: readonly User[], startUs: number, atUs: Float64Array): Settled {
  const movable = before.findLast((user) => user.hiUs >= startUs)
  if (!movable) return 'impossible'
  atUs[movable.row] = startUs
  return 'changed'
}
