import type { Limit, Spec } from '../spec/index.ts'
import { alertsTo, integrationName, integrationNames } from './integrations.ts'
import { oneAfterAnother } from './one-after-another.ts'
import {
  endOfFillMs,
  gauge,
  gentleRate,
  openingFill,
  planOf,
  rateThroughOthers,
  watch,
  windowsOf,
} from './parts.ts'
import type { Fill, Gauge, Plan, PlannedDescriptor, Refill, WatchPlan } from './plan.ts'
import { planCallers } from './plan-callers.ts'

/** What a person can set about a plan; the rest follows from the spec. */
export interface PlanOptions {
  /** Stop after 1.1 windows: says surely whether too much or too little is let through, never passes. */
  quick?: boolean
  /** How many windows the firing lasts at the most. Default 2.2, or 1.1 with `quick`. */
  windows?: number
  /** Alerts a second while an integration or an organization is filled. */
  alertsPerSecond?: number
  /** API requests a second while a key is filled. */
  requestsPerSecond?: number
  /** How often the limits of alerts are filled at most. Default: at first, and after each of two recoveries. */
  alertFillings?: number
  /**
   * So many windows of an integration's limit lie between the recoveries that it takes to know it, at least. Default:
   * nearly one. More where refusals do not say who refused, and some recoveries may be those of another limit.
   */
  windowsApart?: number
  /** How long filling an integration waits after each recovery of the organization, in turn. Default: not at all. */
  waitsMs?: number[]
  /** How an integration is filled again. Default: as soon as it recovers. */
  refill?: Refill
  /** The scopes whose limits are brought to their onset; the others are only respected. Default: all. */
  only?: readonly string[]
  /**
   * Alerts go to so many integrations in turn, so that none comes near a limit of its own: where the
   * organization's limit is asked for, and the integration's is not. Default: one is filled after another.
   */
  spreadOver?: number
  /**
   * The limits of an integration and of the organization may be brought to their onset one after the other,
   * which takes longer, where their windows differ. Default: both at once.
   */
  oneAfterAnother?: boolean
}

/** Why no plan can be made, in words for the author of the spec. */
export interface Unplannable {
  limit: string
  why: string
}

/**
 * The plan of a full verification: all limits of the spec at once, each brought to its onset,
 * watched until it recovers, filled again at once, and watched until it recovers again. Pure.
 *
 * Alerts count for an integration and for the organization, so both limits share one experiment:
 * integration A is filled to its limit, and what is left of the organization's through B, C ….
 * The key's limit is tested beside it with list requests.
 */
export function makePlan(
  spec: Spec,
  options: PlanOptions = {},
): { ok: true; plan: Plan; remarks?: string[] } | { ok: false; problems: Unplannable[] } {
  if (spec.target?.kind === 'http') return planCallers(spec, options)
  const problems = spec.limits.filter(({ scope }) => !(scope in kinds)).map(unknownScope)
  if (problems.length > 0) return { ok: false, problems }
  const byScope = (scope: string) => tightest(spec.limits.filter((limit) => limit.scope === scope))
  const integration = byScope('integration')
  const organization = byScope('organization')
  const apiKey = byScope('apiKey')
  const isAsked = (limit: Limit | undefined) =>
    limit !== undefined && (options.only === undefined || options.only.includes(limit.scope))
  const asked = spec.limits.filter(isAsked)
  const windowMs = Math.max(...asked.map((limit) => limit.window))
  const ofAlerts = spec.limits.filter(({ scope }) => scope !== 'apiKey')
  const mayTakeTurns = options.oneAfterAnother && ofAlerts.length === 2 && ofAlerts.every(isAsked)
  const inTurn =
    mayTakeTurns && integration && organization && oneAfterAnother(integration, organization, options)
  const deadlineMs = Math.max(Math.ceil(windowsOf(options, asked) * windowMs), inTurn ? inTurn.deadlineMs : 0)

  const descriptors: PlannedDescriptor[] = []
  const fills: Fill[] = []
  const watches: WatchPlan[] = []
  // Where the integration's limit is not asked for, whichever of the two is met first bounds the burst.
  const both = [integration, organization].filter((limit) => limit !== undefined)
  const inner = isAsked(integration) ? integration : tightest(both)
  if (inTurn) {
    descriptors.push(...inTurn.descriptors)
    fills.push(...inTurn.fills)
    watches.push(...inTurn.watches)
  } else if (
    organization &&
    isAsked(organization) &&
    !isAsked(integration) &&
    options.spreadOver !== undefined
  ) {
    const rate = options.alertsPerSecond ?? gentleRate(organization, 'alert')
    const names = Array.from({ length: options.spreadOver }, (_, k) => integrationName(k))
    descriptors.push(...names.map(alertsTo))
    const gauges = [{ ...gauge(organization, names, rate), fillersInTurn: true }]
    watches.push(watch('alerts', gauges, 0, deadlineMs))
  } else if (inner && (isAsked(integration) || isAsked(organization))) {
    const rate = options.alertsPerSecond ?? gentleRate(inner, 'alert')
    const names = isAsked(organization) ? integrationNames(integration, organization) : ['A']
    descriptors.push(...names.map(alertsTo))
    const gauges: Gauge[] = []
    if (integration && isAsked(integration)) {
      const { windowsApart, waitsMs, refill } = options
      const own = gauge(integration, names.slice(0, 1), rate)
      gauges.push({
        ...own,
        ...(windowsApart !== undefined && { windowsApart }),
        ...(waitsMs && { waitsMs }),
        ...(refill && { refill }),
      })
    }
    if (organization && isAsked(organization)) {
      const each = integration?.limit ?? Number.POSITIVE_INFINITY
      const atLeast = options.alertsPerSecond ?? rateThroughOthers(organization, each)
      const filled = gauge(organization, gauges.length > 0 ? names.slice(1) : names, Math.max(rate, atLeast))
      gauges.push(integration && gauges.length === 0 ? { ...filled, fillersLimited: true } : filled)
    }
    fills.push(openingFill(names[0] as string, inner, rate))
    watches.push(
      watch('alerts', gauges, endOfFillMs(fills.at(-1) as Fill), deadlineMs, options.alertFillings),
    )
  }
  if (apiKey && isAsked(apiKey)) {
    const rate = options.requestsPerSecond ?? gentleRate(apiKey, 'list')
    descriptors.push({ name: 'K', scopes: { apiKey: 'K' }, kind: 'list' })
    fills.push(openingFill('K', apiKey, rate))
    watches.push(
      watch('requests', [gauge(apiKey, ['K'], rate)], endOfFillMs(fills.at(-1) as Fill), deadlineMs),
    )
  }
  const plan = planOf({ descriptors, fills, watches, deadlineMs, windowMs })
  return { ok: true, plan }
}

const kinds: Record<string, true> = { integration: true, organization: true, apiKey: true }

function unknownScope(limit: Limit): Unplannable {
  return {
    limit: limit.name,
    why: `scope "${limit.scope}" is none that OnCall has: integration, organization or apiKey was expected`,
  }
}

/** Where a scope has several limits, the one that a burst meets first. */
function tightest(limits: readonly Limit[]): Limit | undefined {
  return [...limits].sort((a, b) => a.limit - b.limit)[0]
}
