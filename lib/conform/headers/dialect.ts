import { fieldValue, type HeaderLine } from './observed.ts'

/**
 * Ways in which answers speak of limits, named for the draft of draft-ietf-httpapi-ratelimit-headers that
 * first had them:
 * - `draft-03`: `RateLimit-Limit`, `-Remaining` and `-Reset`, with the policy in Limit; also Envoy's
 *   `x-ratelimit-*`, which have the same form
 * - `draft-06`: the same three, and `RateLimit-Policy: 100;w=60`
 * - `draft-07`: `RateLimit: limit=100, remaining=50, reset=5`
 * - `draft-08`, up to the current -11: `RateLimit: "name";r=50;t=5` and `RateLimit-Policy: "name";q=100;w=60`
 * - `x-ratelimit`: vendors' `X-RateLimit-*`, which no document defines
 */
export const dialects = ['draft-03', 'draft-06', 'draft-07', 'draft-08', 'x-ratelimit'] as const
export type Dialect = (typeof dialects)[number]

/** The prefixes under which vendors send their three fields. */
export const vendorPrefixes = ['x-ratelimit-', 'x-rate-limit-'] as const

/** Has the policy within it, as draft-03 and Envoy do. */
const policyWithin = /;\s*w\s*=/

/** Does a `RateLimit-Policy` begin with a number, as it does in draft-06 and -07? */
export function isNumberedPolicy(policy: string): boolean {
  return /^\d/.test(policy)
}

/** The dialects that an answer speaks, in the order of the list; none where it says nothing of limits. */
export function dialectsOf(headers: readonly HeaderLine[]): Dialect[] {
  const found = new Set<Dialect>()
  const current = fieldValue(headers, 'ratelimit')
  const policy = fieldValue(headers, 'ratelimit-policy')
  const hasNumberedPolicy = policy !== undefined && isNumberedPolicy(policy)
  const isDictionary = current !== undefined && /(?:^|[\s,])(?:limit|remaining|reset)\s*=/.test(current)
  if (current !== undefined) found.add(isDictionary ? 'draft-07' : 'draft-08')
  if (hasThree(headers, 'ratelimit-')) found.add(hasNumberedPolicy ? 'draft-06' : 'draft-03')
  if (policy !== undefined && !hasNumberedPolicy) found.add('draft-08')
  // Draft-06 and -07 have the same policy; alone, it is taken for the older.
  if (hasNumberedPolicy && !isDictionary) found.add('draft-06')
  for (const prefix of vendorPrefixes) {
    if (!hasThree(headers, prefix)) continue
    found.add(policyWithin.test(fieldValue(headers, `${prefix}limit`) ?? '') ? 'draft-03' : 'x-ratelimit')
  }
  return dialects.filter((dialect) => found.has(dialect))
}

/** Is any of the three fields there? */
function hasThree(headers: readonly HeaderLine[], prefix: string): boolean {
  return ['limit', 'remaining', 'reset'].some((name) => fieldValue(headers, prefix + name) !== undefined)
}
