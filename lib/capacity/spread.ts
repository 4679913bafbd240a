import type { Scopes } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'

/** So much of each limit stays free, so that chance and what is sent beside refuse nothing. */
const reserve = 0.2

/** What a rate takes of one limit. */
export interface Need {
  limit: string
  scope: string
  /** How many values of the scope the load has to be spread over. */
  needed: number
  /** How many there are. */
  has: number
}

/** What a load is at the most. */
export interface Amount {
  ratePerSecond: number
  /** Requests of the whole run. */
  requests: number
}

/**
 * How many values of its scope each limit asks for, so that it refuses nothing of a load which is sent
 * for these descriptors in turn: no value gets more than its limit, less a reserve, within a window.
 * @param descriptors the scope values of each; limits that count none of them ask for nothing.
 */
export function needsOf(
  limits: readonly Pick<Limit, 'name' | 'scope' | 'limit' | 'window'>[],
  descriptors: readonly { scopes: Scopes }[],
  { ratePerSecond, requests }: Amount,
): Need[] {
  return limits.flatMap(({ name, scope, limit, window }) => {
    const counted = descriptors.flatMap(({ scopes }) => scopes[scope] ?? [])
    if (counted.length === 0) return []
    const counts = new Map<string, number>()
    for (const value of counted) counts.set(value, (counts.get(value) ?? 0) + 1)
    const inWindow = Math.min(requests, (ratePerSecond * window) / 1000)
    const share = counted.length / descriptors.length
    const needed = Math.max(1, Math.ceil((inWindow * share) / (limit * (1 - reserve))))
    // Values that get more than their part are full before the others.
    const busiest = Math.max(...counts.values()) / counted.length
    return [{ limit: name, scope, needed, has: Math.floor(1 / busiest + 1e-9) }]
  })
}

/** The highest rate, a second, at which none of the limits refuses anything; infinite without limits. */
export function unlimitedPerSecond(
  limits: readonly Pick<Limit, 'name' | 'scope' | 'limit' | 'window'>[],
  descriptors: readonly { scopes: Scopes }[],
): number {
  const atOne = needsOf(limits, descriptors, { ratePerSecond: 1e6, requests: Number.POSITIVE_INFINITY })
  return Math.min(Number.POSITIVE_INFINITY, ...atOne.map(({ needed, has }) => (1e6 * has) / needed))
}
