import type { Caller, Limit } from '../spec/index.ts'

/** Limits that count the same callers together, the shortest window first. */
export interface Tier {
  callers: readonly Caller[]
  limits: readonly Limit[]
}

/**
 * Callers whose requests meet in a limit, directly or through each other: what one of them sends can
 * matter to all, and to nobody else.
 */
export interface CallerGroup {
  callers: readonly Caller[]
  /** What counts the first caller, from the inside outwards: those that count the fewest callers first. */
  tiers: readonly Tier[]
}

/** Does a limit count a caller? */
export function counts({ scope }: Limit, caller: Caller): boolean {
  return Object.hasOwn(caller.scopes, scope)
}

/** Does a limit count two callers together? */
export function countsTogether(limit: Limit, one: Caller, other: Caller): boolean {
  return counts(limit, one) && counts(limit, other) && one.scopes[limit.scope] === other.scopes[limit.scope]
}

/** Does a limit count some callers of a tier, but not all of them together? */
export function insideOf(limit: Limit, { callers }: Tier): boolean {
  const [first] = callers as [Caller, ...Caller[]]
  const all = callers.every((caller) => countsTogether(limit, first, caller))
  return !all && callers.some((caller) => counts(limit, caller))
}

/** The groups that callers fall into, in the order of their first callers. Whom no limit counts is in none. */
export function callerGroups(callers: readonly Caller[], limits: readonly Limit[]): CallerGroup[] {
  const left = callers.filter((caller) => limits.some((limit) => counts(limit, caller)))
  const groups: CallerGroup[] = []
  while (left.length > 0) {
    const members = new Set(left.splice(0, 1))
    for (const member of members) {
      for (let k = left.length - 1; k >= 0; k--) {
        const other = left[k] as Caller
        if (!limits.some((limit) => countsTogether(limit, member, other))) continue
        members.add(other)
        left.splice(k, 1)
      }
    }
    // As they stand in the spec, and not as they were found.
    const inOrder = callers.filter((caller) => members.has(caller))
    groups.push({ callers: inOrder, tiers: tiersOf(inOrder, limits) })
  }
  return groups
}

/** Looks at the values of the first caller that most limits count, so that tiers lie within each other. */
function tiersOf(callers: readonly Caller[], limits: readonly Limit[]): Tier[] {
  const countOf = (caller: Caller) => limits.filter((limit) => counts(limit, caller)).length
  const byCount = callers.toSorted((one, other) => countOf(other) - countOf(one))
  const tiers: { callers: Caller[]; limits: Limit[] }[] = []
  for (const limit of limits) {
    const first = byCount.find((caller) => counts(limit, caller))
    if (!first) continue
    const counted = callers.filter((caller) => countsTogether(limit, first, caller))
    const same = tiers.find((tier) => sameCallers(tier.callers, counted))
    if (same) same.limits.push(limit)
    else tiers.push({ callers: counted, limits: [limit] })
  }
  for (const tier of tiers) tier.limits.sort((one, other) => one.window - other.window)
  return tiers.sort((one, other) => one.callers.length - other.callers.length)
}

function sameCallers(some: readonly Caller[], others: readonly Caller[]): boolean {
  return some.length === others.length && some.every((caller) => others.includes(caller))
}
