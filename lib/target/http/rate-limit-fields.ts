import type { Standing } from '../standing.ts'

/**
 * The ways in which answers speak of limits, by the version of draft-ietf-httpapi-ratelimit-headers that
 * describes them; 11 is as 08. `x-ratelimit` is what came before: three fields without a standard.
 */
export const fieldDialects = ['draft-03', 'draft-06', 'draft-07', 'draft-08', 'x-ratelimit'] as const
export type FieldDialect = (typeof fieldDialects)[number]

const wholeSeconds = (us: number) => Math.ceil(us / 1e6)
const windowSeconds = ({ windowMs }: Standing) => wholeSeconds(windowMs * 1_000)

/** The limit that is told where only one can be: of which the fewest remain, and of these for the longest. */
function tightest(standings: readonly Standing[]): Standing | undefined {
  return [...standings].sort((a, b) => a.remaining - b.remaining || b.resetInUs - a.resetInUs)[0]
}

/** The three fields of a limit, each with a prefix. */
const threeFields = (prefix: string, { limit, remaining, resetInUs }: Standing) => ({
  [`${prefix}-limit`]: String(limit),
  [`${prefix}-remaining`]: String(remaining),
  [`${prefix}-reset`]: String(wholeSeconds(resetInUs)),
})

/**
 * The fields that say where limits stand; none where no limit applies. Times are in whole seconds,
 * rounded up. Only `draft-08` tells all limits; the others tell the tightest, beside the policies of all.
 */
export function rateLimitFields(
  dialect: FieldDialect,
  standings: readonly Standing[],
): Record<string, string> {
  const told = tightest(standings)
  if (!told) return {}
  const policies = standings.map((each) => `${each.limit};w=${windowSeconds(each)}`).join(', ')
  switch (dialect) {
    case 'draft-03':
      return { ...threeFields('ratelimit', told), 'ratelimit-limit': `${told.limit}, ${policies}` }
    case 'draft-06':
      return { ...threeFields('ratelimit', told), 'ratelimit-policy': policies }
    case 'draft-07': {
      const { limit, remaining, resetInUs } = told
      return {
        ratelimit: `limit=${limit}, remaining=${remaining}, reset=${wholeSeconds(resetInUs)}`,
        'ratelimit-policy': policies,
      }
    }
    case 'draft-08': {
      const list = (item: (each: Standing) => string) => standings.map(item).join(', ')
      return {
        'ratelimit-policy': list((each) => `"${each.name}";q=${each.limit};w=${windowSeconds(each)}`),
        ratelimit: list((each) => `"${each.name}";r=${each.remaining};t=${wholeSeconds(each.resetInUs)}`),
      }
    }
    case 'x-ratelimit':
      return threeFields('x-ratelimit', told)
  }
}
