import { Outcome } from '../history/index.ts'
import type { Answer } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Exchange } from './exchange.ts'
import { isNumberProven, isProven, type Reading } from './reading.ts'
import { alertLimits, alertScopes, type Site } from './site.ts'
import { ofItsIntegration } from './weighing.ts'

const asSent: Reading = ({ descriptor }) => ({ scopes: alertScopes(descriptor), cost: 1 })

/**
 * Do the alerts to one integration prove how many its limit lets through? By themselves; or, where the
 * organization's limit may have refused some of them, together with that one.
 * @param alerts all of a time in which nothing else was sent to the organization, and before which nothing counted.
 */
export function isProvenBeside(
  alerts: readonly Exchange[],
  limit: Limit,
  site: Pick<Site, 'limits' | 'clockDriftPpm'>,
): boolean {
  return [[limit], alertLimits(site)].some((limits) =>
    isNumberProven(alerts, limit, limits, asSent, site.clockDriftPpm),
  )
}

/** A limit that an inquiry has proven. */
export interface Proven {
  limit: number
  /** As shortly and as long as the spec's tolerance leaves it. */
  windowMs: readonly [least: number, most: number]
}

/**
 * The limit of an integration, if what was asked proves it: an integration that got alerts alone was brought to
 * it twice, and no limit or window beside it explains that. Nothing, where it cannot be ruled out that another
 * limit refused: neither do refusals say which one did, nor did a quiet integration get through beside it.
 * @param exchanges all of the inquiry. @param answers those that it gave.
 */
export function provenOfIntegrations(
  exchanges: readonly Exchange[],
  answers: readonly Pick<Answer, 'question' | 'says'>[],
  limit: Limit,
  clockDriftPpm: number,
): Proven | undefined {
  const isIsolated = answers.some(
    ({ question, says }) => question === 'isolation-quiet' && says === 'isolated',
  )
  const byIntegration = Map.groupBy(
    exchanges.filter(({ kind }) => kind !== 'list'),
    ({ descriptor }) => descriptor,
  )
  const isPlain = (all: readonly Exchange[]) => all.every(({ kind }) => kind === 'alert')
  const isItsOwn = (all: readonly Exchange[]) =>
    isIsolated ||
    all.every(({ outcome, limitedBy }) => outcome !== Outcome.limited || limitedBy === limit.scope)
  for (const all of byIntegration.values()) {
    if (!isPlain(all) || !isItsOwn(all)) continue
    if (!isProven(all, limit, ofItsIntegration, clockDriftPpm)) continue
    const { window: windowMs, tolerance } = limit
    return { limit: limit.limit, windowMs: [windowMs * (1 - tolerance), windowMs * (1 + tolerance)] }
  }
  return undefined
}
