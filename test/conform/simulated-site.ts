import type { Asked } from '../../lib/conform/ask.ts'
import type { Exchange } from '../../lib/conform/exchange.ts'
import { alertScopes, type Site, strangerDescriptor } from '../../lib/conform/site.ts'
import { Outcome } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import type { Fixture } from '../../lib/oncall/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { testSpec } from './ask-stand-in.ts'

/** How a simulated platform is. Times are virtual, so that a whole inquiry takes as long as its judging. */
export interface SimulatedPlatform {
  algorithm: Algorithm
  limits: Record<'integration' | 'organization' | 'apiKey', { limit: number; windowMs: number }>
  countedBy: 'key' | 'user' | 'organization' | 'everybody'
  /** Do all organizations share the limit of alerts? */
  organizationsShare: boolean
  heartbeats: boolean
  malformed: boolean
  get: boolean
  eachAlert: boolean
  chargedWhenRefused: 'counted' | 'free'
  nameRefuser: boolean
  /** Longest time that a request takes. */
  latencyMs: number
  seed: number
}

const keyOwners = {
  K: { user: 'one', organization: 'own' },
  K2: { user: 'one', organization: 'own' },
  K3: { user: 'two', organization: 'own' },
  K4: { user: 'three', organization: 'other' },
} as const

function fixtureOf(descriptor: string): Fixture {
  return {
    descriptor,
    integrationId: `C${descriptor}`,
    routeId: 'R',
    link: `http://127.0.0.1:1/integrations/v1/formatted_webhook/${descriptor}/`,
    token: descriptor,
    doubts: [],
  }
}

/**
 * A site whose platform is limiters on a virtual clock: every window begins at a drawn phase.
 * @param spec what is said of the platform, whatever it is.
 */
export function simulatedSite(platform: SimulatedPlatform, spec = testSpec()): Site {
  const random = seededRandom(platform.seed)
  const scopes = ['integration', 'organization', 'apiKey'] as const
  const hierarchy = createHierarchy(
    scopes.map((scope) => ({
      name: scope,
      scope,
      limitedRequests: 'free',
      chargedWhenRefused: scope === 'organization' ? platform.chargedWhenRefused : 'free',
      model: () => {
        const { limit, windowMs } = platform.limits[scope]
        const windowUs = windowMs * 1000
        return createLimiter(platform.algorithm, {
          limit,
          windowUs,
          phaseUs: Math.floor(random() * windowUs),
        })
      },
    })),
  )
  const exchanges: Exchange[] = []
  const never = new AbortController().signal
  let nowUs = Date.parse('2026-11-26T08:00:00Z') * 1000

  const costOf = ({ kind, body }: Asked): number => {
    if (kind === 'heartbeat') return Number(platform.heartbeats)
    if (kind === 'malformed') return Number(platform.malformed)
    if (kind === 'get') return Number(platform.get)
    if (kind === 'several-alerts' && platform.eachAlert) return JSON.parse(body ?? '{}').alerts.length
    return 1
  }
  const statusOf = { heartbeat: 200, malformed: 400, get: 405, other: 200 } as Record<string, number>
  const scopesOf = ({ descriptor, kind }: Asked): Record<string, string> => {
    if (kind !== 'list') {
      const { organization, ...rest } = alertScopes(descriptor)
      return { ...rest, organization: platform.organizationsShare ? 'all' : (organization as string) }
    }
    const owner = { everybody: 'all', key: descriptor, ...keyOwners[descriptor as keyof typeof keyOwners] }
    return { apiKey: owner[platform.countedBy] }
  }

  return {
    async ask(request) {
      const sentMs = Math.floor(nowUs / 1000)
      const takesUs = Math.ceil(platform.latencyMs * 1000 * (0.2 + 0.8 * random()))
      const atUs = nowUs + Math.floor(takesUs * random())
      nowUs += takesUs
      const cost = costOf(request)
      const decision = cost === 0 ? undefined : hierarchy.decide({ scopes: scopesOf(request), atUs, cost })
      const isRefused = decision?.admitted === false
      const status = isRefused ? 429 : (statusOf[request.kind] ?? 200)
      const refuser = decision?.refusedBy === undefined ? undefined : scopes[decision.refusedBy]
      const exchange: Exchange = {
        line: exchanges.length + 2,
        descriptor: request.descriptor,
        kind: request.kind,
        sentMs,
        receivedMs: Math.floor(nowUs / 1000),
        status,
        outcome: isRefused ? Outcome.limited : status < 300 ? Outcome.accepted : Outcome.unknown,
        headers: [],
        body: '',
        limitedBy: platform.nameRefuser ? refuser : undefined,
      }
      exchanges.push(exchange)
      return exchange
    },
    url: 'http://127.0.0.1:1',
    apiKey: 'k',
    otherKeys: { sameUser: 'k2', otherUser: 'k3', otherOrganization: 'k4' },
    fixtures: new Map([...'ABCDEFGHIQVWX'].map((descriptor) => [descriptor, fixtureOf(descriptor)])),
    stranger: { ok: true, fixture: fixtureOf(strangerDescriptor) },
    add: async () => ({ ok: false, why: 'Nothing is made on the way here.' }),
    runId: '20261126-080000-test',
    limits: spec.limits,
    clockDriftPpm: spec.clockDriftPpm,
    exchanges: () => exchanges,
    async rest(ms) {
      nowUs += Math.ceil(ms * 1000)
    },
    signal: never,
  }
}

/** A platform that is like the tests' spec in most ways, and differs in some. */
export function drawnPlatform(seed: number, algorithms: readonly Algorithm[]): SimulatedPlatform {
  const random = seededRandom(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const flip = () => random() < 0.5
  const spec = testSpec()
  const limitOf = (scope: string) => {
    const { limit, window } = spec.limits.find((one) => one.scope === scope) ?? { limit: 1, window: 1 }
    return {
      limit: random() < 0.75 ? limit : Math.max(10, Math.round(limit * (0.6 + random()))),
      windowMs: random() < 0.75 ? window : Math.round(window * (0.5 + random())),
    }
  }
  return {
    algorithm: pick(algorithms),
    limits: {
      integration: limitOf('integration'),
      organization: limitOf('organization'),
      apiKey: limitOf('apiKey'),
    },
    countedBy: pick(['key', 'user', 'organization', 'everybody']),
    organizationsShare: flip(),
    heartbeats: flip(),
    malformed: flip(),
    get: flip(),
    eachAlert: flip(),
    chargedWhenRefused: pick(['counted', 'free']),
    nameRefuser: flip(),
    latencyMs: pick([1, 3, 8]),
    seed,
  }
}
