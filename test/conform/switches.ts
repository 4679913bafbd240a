import type { QuestionId } from '../../lib/conform/index.ts'
import type { TargetConfigInput } from '../../lib/target/index.ts'

/** A way in which a platform may differ from the one that the spec describes. */
export interface Switch {
  name: string
  config: TargetConfigInput
}

type Limits = NonNullable<TargetConfigInput['limits']>
const limits = (of: Limits): TargetConfigInput => ({ limits: of })
const each = (of: Record<string, unknown>): TargetConfigInput =>
  limits({ integration: of, organization: of, apiKey: of } as Limits)

/** What the tests' spec says. */
export const specLimits = { integration: 80, organization: 200, apiKey: 60 } as const
export const specWindowMs = 8_000

export const switches: readonly Switch[] = [
  { name: 'as documented', config: {} },
  { name: 'keys of a user share a limit', config: limits({ apiKey: { countedBy: 'user' } }) },
  {
    name: 'keys of an organization share a limit',
    config: limits({ apiKey: { countedBy: 'organization' } }),
  },
  { name: 'all keys share a limit', config: limits({ apiKey: { countedBy: 'everybody' } }) },
  { name: 'organizations share a limit', config: limits({ organization: { countedBy: 'everybody' } }) },
  { name: 'heartbeats count', config: { heartbeats: 'counted' } },
  { name: 'malformed bodies are free', config: { malformedAlerts: 'free' } },
  { name: 'GET on the ingest address counts', config: { otherMethods: 'counted' } },
  { name: 'a payload counts once', config: { payloadCost: 'request' } },
  { name: 'refused alerts are charged', config: limits({ organization: { chargedWhenRefused: 'counted' } }) },
  { name: 'refused requests count', config: each({ limitedRequests: 'counted' }) },
  { name: 'lost updates', config: { faults: { lostUpdates: { pauseMs: 5 } } } },
  { name: 'all integrations share a limit', config: limits({ integration: { countedBy: 'organization' } }) },
  { name: 'no Retry-After', config: { faults: { hideRetryAfter: true } } },
  { name: 'Retry-After in milliseconds', config: { faults: { retryAfter: { form: 'milliseconds' } } } },
  { name: 'refusals do not name the limit', config: { nameRefuser: false } },
  { name: 'refusals have no body', config: { faults: { emptyRefusals: true } } },
  { name: 'refused with 503', config: { refusalStatus: 503 } },
  { name: 'refused with 403', config: { refusalStatus: 403 } },
  { name: 'RateLimit fields', config: { rateLimitFields: 'draft-08' } },
  {
    name: 'RateLimit fields that tell another limit',
    config: { rateLimitFields: 'draft-08', faults: { rateLimitFields: { limit: 77 } } },
  },
  {
    name: 'RateLimit fields that tell another window',
    config: { rateLimitFields: 'draft-08', faults: { rateLimitFields: { windowMs: 60_000 } } },
  },
  { name: 'pages of changing sizes', config: { pageSize: [3, 5, 2] } },
  { name: 'an empty page past the end', config: { pageAfterLast: 'empty' } },
  { name: 'a count that is off', config: { faults: { pages: { countOff: 2 } } } },
  { name: 'a stale count', config: { faults: { pages: { staleCount: true } } } },
  { name: 'items twice', config: { faults: { pages: { items: 'twice' } } } },
  { name: 'items missing', config: { faults: { pages: { items: 'missing' } } } },
  { name: 'next loops', config: { faults: { pages: { next: 'loops' } } } },
  { name: 'next leads away', config: { faults: { pages: { nextTo: 'http://127.0.0.2:9/' } } } },
  { name: 'previous leads to itself', config: { faults: { pages: { previous: 'itself' } } } },
  { name: 'newest first', config: { faults: { pages: { newestFirst: true } } } },
  { name: 'unauthorized with 401', config: { unauthorizedStatus: 401 } },
  { name: 'Bearer is understood', config: { bearer: true } },
  { name: 'let in without a key', config: { faults: { letInWithoutKey: true } } },
  { name: 'shown to other organizations', config: { faults: { showOtherOrganizations: true } } },
  { name: 'a smaller limit of integrations', config: limits({ integration: { limit: 60 } }) },
  { name: 'a larger limit of integrations', config: limits({ integration: { limit: 110 } }) },
  { name: 'a smaller limit of the organization', config: limits({ organization: { limit: 130 } }) },
  { name: 'a larger limit of the organization', config: limits({ organization: { limit: 310 } }) },
  { name: 'a smaller limit of keys', config: limits({ apiKey: { limit: 45 } }) },
  { name: 'a larger limit of keys', config: limits({ apiKey: { limit: 90 } }) },
  { name: 'shorter windows', config: each({ windowMs: 5_000 }) },
  { name: 'longer windows', config: each({ windowMs: 12_000 }) },
  { name: 'first-hit windows', config: each({ algorithm: 'first-hit-window' }) },
  { name: 'sliding logs', config: each({ algorithm: 'sliding-log' }) },
  { name: 'sliding counters', config: each({ algorithm: 'sliding-counter' }) },
  { name: 'token buckets', config: each({ algorithm: 'token-bucket' }) },
  { name: 'windows that begin elsewhere for each', config: each({ phaseMs: 'hashed' }) },
]

/** So many ways are drawn for a combination. */
const [fewest, most] = [2, 5]

/** Some of the ways, each once. */
export function drawCombination(random: () => number): Switch[] {
  const count = fewest + Math.floor(random() * (most - fewest + 1))
  const drawn = Array.from(
    { length: count },
    () => switches[Math.floor(random() * switches.length)] as Switch,
  )
  return [...new Set(drawn)]
}

/** Puts several ways together; where two say different things of the same, the last counts. */
export function combined(some: readonly Switch[]): Switch {
  return {
    name: some.map(({ name }) => name).join(' + '),
    config: some.reduce<TargetConfigInput>((all, { config }) => merged(all, config) as TargetConfigInput, {}),
  }
}

function merged(one: unknown, other: unknown): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject(one) || !isObject(other)) return other
  const all: Record<string, unknown> = { ...one }
  for (const [key, value] of Object.entries(other)) all[key] = key in one ? merged(one[key], value) : value
  return all
}

/** What a question has to be answered about a platform of this configuration, if it is answered at all. */
export function truthOf(config: TargetConfigInput): Record<QuestionId, string> {
  const { limits: told = {}, faults = {} } = config
  const { pages } = faults
  const byKey = told.apiKey?.countedBy ?? 'key'
  // The list is first asked for by another organization, which sees nothing, unless it is shown all.
  const isStale = pages?.staleCount && !faults.showOtherOrganizations
  const astray = pages?.next !== undefined || pages?.nextTo !== undefined
  return {
    'auth-no-key': faults.letInWithoutKey ? 'let-in' : 'refused',
    'auth-wrong-key': 'refused',
    'auth-bearer': config.bearer ? 'understood' : 'refused',
    'auth-other-organization': faults.showOtherOrganizations ? 'seen' : 'hidden',
    'pages-each-once': pages?.items ?? 'once',
    'pages-count': pages?.countOff || isStale || pages?.items === 'missing' ? 'wrong' : 'right',
    'pages-links': astray || pages?.previous ? 'wrong' : 'right',
    'pages-size': Array.isArray(config.pageSize) || pages?.items ? 'not-as-asked' : 'as-asked',
    'pages-past-end': config.pageAfterLast === 'empty' ? 'empty' : '404',
    'pages-while-added': pages?.newestFirst ? 'twice' : 'once',
    'counts-heartbeat': config.heartbeats === 'counted' ? 'counts' : 'free',
    'counts-malformed': config.malformedAlerts === 'free' ? 'free' : 'counts',
    'counts-get': config.otherMethods === 'counted' ? 'counts' : 'free',
    'counts-several-alerts': config.payloadCost === 'request' ? 'once' : 'each',
    'whose-same-user': byKey === 'key' ? 'own' : 'shared',
    'whose-other-user': byKey === 'organization' || byKey === 'everybody' ? 'shared' : 'own',
    'whose-other-organization': byKey === 'everybody' ? 'shared' : 'own',
    'isolation-quiet': told.integration?.countedBy === 'organization' ? 'starved' : 'isolated',
    'isolation-hammered': told.organization?.chargedWhenRefused === 'counted' ? 'charged' : 'free',
    'isolation-other-organization': told.organization?.countedBy === 'everybody' ? 'shared' : 'own',
    concurrency: faults.lostUpdates ? 'lets-more-through' : 'holds',
  }
}

/**
 * What has to be found of a claim about a limit, if anything is found; `undefined` where a platform is wrong in
 * ways that may show in this claim or not. @param claim with the name of the limit: `limit, limit per apiKey`.
 */
export function claimTruthOf(
  { faults = {} }: TargetConfigInput,
  claim: string,
): 'holds' | 'broken' | undefined {
  const { rateLimitFields: told, retryAfter, lostUpdates } = faults
  if (lostUpdates || (retryAfter && (claim.startsWith('retry-after') || claim.startsWith('in-seconds'))))
    return undefined
  if (!told) return 'holds'
  if (claim.startsWith('limit,') && told.limit !== undefined) return 'broken'
  if (claim.startsWith('window,') && told.windowMs !== undefined) return 'broken'
  return claim.startsWith('retry-after') ? 'holds' : undefined
}
