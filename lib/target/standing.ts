import type { Hierarchy, LimitedRequest } from '../limiters/index.ts'
import { isBucket } from '../spec/bucket.ts'
import type { TargetConfig, TargetLimit } from './config.ts'

/** Where one limit stands for a request, once that has been decided. */
export interface Standing {
  /** The limit's scope, which is its name. */
  name: keyof TargetConfig['limits']
  limit: number
  windowMs: number
  /** How many more would be let through now. */
  remaining: number
  /** How long until the whole limit is there again, if nothing else comes. Of a limit of 0: its window. */
  resetInUs: number
}

/** The most that a limit lets through at once. */
function capacityOf({ algorithm, limit, burst }: TargetLimit): number {
  return isBucket(algorithm) && limit > 0 ? (burst ?? limit) : limit
}

/** Where each of the limits stands that apply to a request, in their order. Changes nothing. */
export function standingsOf(
  limits: TargetConfig['limits'],
  hierarchy: Hierarchy,
  { scopes, atUs }: LimitedRequest,
): Standing[] {
  return hierarchy.limits.flatMap(({ scope }): Standing[] => {
    const name = scope as keyof TargetConfig['limits']
    const limit = limits[name]
    const value = scopes[scope]
    if (!limit || value === undefined) return []
    const inUs = (cost: number) => hierarchy.admitsFromUs({ scopes: { [scope]: value }, atUs, cost }) - atUs
    const capacity = capacityOf(limit)

    // What lets a cost through lets every lower one through.
    let remaining = 0
    for (let above = capacity + 1; above - remaining > 1; ) {
      const middle = Math.floor((remaining + above) / 2)
      if (inUs(middle) === 0) remaining = middle
      else above = middle
    }
    const resetInUs = capacity === 0 ? limit.windowMs * 1_000 : inUs(capacity)
    return [{ name, limit: limit.limit, windowMs: limit.windowMs, remaining, resetInUs }]
  })
}
