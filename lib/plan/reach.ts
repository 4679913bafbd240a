import type { Caller, Limit } from '../spec/index.ts'
import { counts, countsTogether, insideOf, type Tier } from './caller-groups.ts'

/**
 * Requests that are spread evenly pass a limit that has a shorter window at this share of its rate,
 * however it is enforced and however evenly they arrive.
 */
export const pacedShare = 0.8

/** So much of a window may go by until a limit is full; the rest shows that it stays so. */
const longestFill = 0.9

/** How a limit can be brought to its onset. */
export type Reach =
  /** All at once: what counts its callers besides lets enough through. */
  | { kind: 'burst' }
  /** At most so many a second, so that limits with shorter windows do not refuse. */
  | { kind: 'paced'; ratePerSecond: number }
  /** Never, by anybody: another limit lets too little through. */
  | { kind: 'never'; behind: Limit }
  /** Not by these callers: so many with limits of their own would do. */
  | { kind: 'callers'; behind: Limit; needed: number }

/**
 * How a limit can be reached by the callers of its tier, given all the other limits that count them.
 * @param limits all limits of the spec.
 */
export function reachOf(limit: Limit, tier: Tier, limits: readonly Limit[]): Reach {
  const counting = limits.filter(
    (other) => other !== limit && tier.callers.some((caller) => counts(other, caller)),
  )
  const inside = counting.filter((other) => insideOf(other, tier))
  const around = counting.filter((other) => !inside.includes(other))
  const behind = around.find((other) => hides(other, limit, limits))
  const callersHelp = behind && behind.scope !== limit.scope && tier.limits.includes(behind)
  if (behind && !callersHelp) return { kind: 'never', behind }

  const slowly = (other: Limit) => within(other, limit.window)
  const refusing = behind ? [behind] : inside
  if (behind || letThrough(tier.callers, inside, slowly) <= limit.limit) {
    const [tightest] = refusing.toSorted((one, other) => slowly(one) - slowly(other)) as [Limit, ...Limit[]]
    const each = Math.min(...tier.callers.map((caller) => letThrough([caller], refusing, slowly)))
    return { kind: 'callers', behind: tightest, needed: Math.floor(limit.limit / each) + 1 }
  }
  const atOnce = letThrough(tier.callers, inside, (other) => other.limit)
  const pacing = [
    ...around.filter((other) => other.window < limit.window && other.limit < 2 * limit.limit),
    ...(atOnce <= limit.limit ? inside.filter((other) => other.window < limit.window) : []),
  ]
  if (pacing.length === 0) return { kind: 'burst' }
  return { kind: 'paced', ratePerSecond: Math.min(...pacing.map(pacedRate)) }
}

/** Does another limit that counts the same requests keep this one from ever being full? Of two alike, the second. */
function hides(other: Limit, limit: Limit, limits: readonly Limit[]): boolean {
  if (within(other, limit.window) > limit.limit) return false
  return within(limit, other.window) > other.limit || limits.indexOf(other) < limits.indexOf(limit)
}

function pacedRate({ limit, window }: Limit): number {
  return (pacedShare * limit * 1000) / window
}

/** How many requests a limit surely lets through while a window of another one lasts. */
function within(limit: Limit, windowMs: number): number {
  return Math.max(limit.limit, Math.floor((pacedRate(limit) * longestFill * windowMs) / 1000))
}

/** How many requests of these callers limits let through, each of which lets `most` through for each value. */
function letThrough(
  callers: readonly Caller[],
  limits: readonly Limit[],
  most: (limit: Limit) => number,
): number {
  let parts = callers.map((caller) => ({ callers: [caller], units: Number.POSITIVE_INFINITY }))
  const countedBy = (limit: Limit) => callers.filter((caller) => counts(limit, caller)).length
  for (const limit of limits.toSorted((one, other) => countedBy(one) - countedBy(other))) {
    const values = new Map<string, typeof parts>()
    const kept: typeof parts = []
    for (const part of parts) {
      const [one, ...rest] = part.callers as [Caller, ...Caller[]]
      const together = counts(limit, one) && rest.every((other) => countsTogether(limit, one, other))
      const value = together ? (one.scopes[limit.scope] as string) : undefined
      if (value === undefined) kept.push(part)
      else values.set(value, [...(values.get(value) ?? []), part])
    }
    const joined = [...values.values()].map((some) => ({
      callers: some.flatMap((part) => part.callers),
      units: Math.min(
        most(limit),
        some.reduce((sum, { units }) => sum + units, 0),
      ),
    }))
    parts = [...kept, ...joined]
  }
  return parts.reduce((sum, { units }) => sum + units, 0)
}
