import { isSurelyBucket, type Limit } from '../spec/index.ts'
import { alertsTo, integrationName } from './integrations.ts'
import type { PlanOptions } from './make-plan.ts'
import { endOfFillMs, gauge, gentleRate, openingFill, watch, windowsOf } from './parts.ts'
import type { Fill, Plan } from './plan.ts'

/** What comes evenly at this share of what a limit lets through all the time, it does not refuse. */
const pacedShare = 0.9
/** A limit that is filled more slowly than within this share of its window is not filled in time. */
const longestFill = 0.9
/** So much goes through an organization while it is watched, as a multiple of its limit. */
const throughFactor = 3.3
/** Alerts go to so many integrations in turn at least, and at most. */
const leastSpread = 3
const mostSpread = 50

/**
 * The limits of an integration and of its organization, each brought to its onset by itself: the
 * integration's first, then the organization's through so many others in turn that none comes near a
 * limit of its own. With windows that differ, each would be in the other's way most of the time.
 * @returns `undefined` where both at once show as much, or neither way shows both.
 */
export function oneAfterAnother(
  integration: Limit,
  organization: Limit,
  options: PlanOptions,
): Pick<Plan, 'descriptors' | 'fills' | 'watches' | 'deadlineMs'> | undefined {
  if (options.quick || isAlike(integration, organization)) return undefined
  const isBurst = integration.limit < organization.limit
  // A bucket flows on while it is filled at a pace, and is met through the other only.
  if (isSurelyBucket(integration) && !isBurst) return undefined
  const pace = Math.floor((pacedShare * organization.limit * 1000) / organization.window)
  const isPaced = (pace * longestFill * integration.window) / 1000 > integration.limit
  const others = Math.ceil((throughFactor * organization.limit) / integration.limit) + 1
  if (!(isBurst || isPaced) || others > mostSpread) return undefined

  const usual = options.alertsPerSecond ?? gentleRate(integration, 'alert')
  const opening = openingFill('A', integration, isBurst ? usual : Math.min(usual, pace))
  const gauges = [gauge(integration, ['A'], opening.ratePerSecond)]
  // Where the organization's limit does not let two fillings through, the second waits for it.
  const isHeldUp =
    !isSurelyBucket(integration) &&
    organization.window > integration.window &&
    2 * integration.limit > organization.limit
  const longestMs = isHeldUp ? organization.window : integration.window
  const turnMs = Math.ceil(windowsOf(options, [integration]) * longestMs)

  const names = Array.from({ length: Math.max(leastSpread, others) }, (_, k) => integrationName(1 + k))
  const rate = options.alertsPerSecond ?? gentleRate(organization, 'alert')
  const spread = { ...gauge(organization, names, rate), fillersInTurn: true }
  const deadlineMs = turnMs + Math.ceil(windowsOf(options, [organization]) * organization.window)
  return {
    descriptors: ['A', ...names].map(alertsTo),
    fills: [opening] satisfies Fill[],
    watches: [
      watch('alerts', gauges, endOfFillMs(opening), turnMs),
      watch('alerts to others', [spread], turnMs, deadlineMs),
    ],
    deadlineMs,
  }
}

/** Are their windows the same as far as a pass tells? */
function isAlike(one: Limit, other: Limit): boolean {
  return Math.abs(one.window / other.window - 1) <= Math.max(one.tolerance, other.tolerance)
}
