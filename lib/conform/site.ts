import type { Scopes } from '../history/index.ts'
import type { Fixture } from '../oncall/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Ask } from './ask.ts'
import type { Exchange } from './exchange.ts'

/** A key beside the tested one, and whose it is. */
export type OtherKeys = Partial<Record<'sameUser' | 'otherUser' | 'otherOrganization', string>>

/** An integration that leads nowhere; or, as a sentence, why there is none. */
export type Added = { ok: true; fixture: Fixture } | { ok: false; why: string }

/** Where questions are asked: the platform as they may use it. */
export interface Site {
  ask: Ask
  /** Base address of the API, without a slash at the end. */
  url: string
  apiKey: string
  stackUrl?: string
  otherKeys: OtherKeys
  /** Integrations of this organization that lead nowhere, by descriptor; made before all experiments. */
  fixtures: ReadonlyMap<string, Fixture>
  /** One of another organization, where an experiment needs it. */
  stranger?: Added
  /** Makes a further one on the way, of those that the experiments said they would. */
  add(descriptor: string): Promise<Added>
  runId: string
  /** The limits as the spec has them. */
  limits: readonly Limit[]
  clockDriftPpm: number
  /** All that was asked so far, of whatever experiment, and what this run sent with the tested key beside. */
  exchanges(): readonly Exchange[]
  /** Waits; returns early where the run is stopped. */
  rest(ms: number): Promise<void>
  readonly signal: AbortSignal
}

/** The limit of a scope, if the spec has one. */
export function limitOf({ limits }: Pick<Site, 'limits'>, scope: string): Limit | undefined {
  return limits.find((limit) => limit.scope === scope)
}

/** The limits that alerts meet. */
export function alertLimits({ limits }: Pick<Site, 'limits'>): Limit[] {
  return limits.filter(({ scope }) => scope === 'integration' || scope === 'organization')
}

/** The integration of a run that is in another organization; all others are in one. */
export const strangerDescriptor = 'Z'

/** By what the requests to an integration count, if integrations and organizations have limits of their own. */
export function alertScopes(descriptor: string): Scopes {
  return { integration: descriptor, organization: descriptor === strangerDescriptor ? 'other' : 'own' }
}

/** So long that what was sent before counts no more for the organization, in most kinds of windows. */
export function restMs(site: Pick<Site, 'limits'>): number {
  return 1.1 * Math.max(0, ...alertLimits(site).map(({ window }) => window))
}

/** Ids of this run's integrations, those aside that are added on the way. */
export function ownIntegrationIds({ fixtures }: Pick<Site, 'fixtures'>): string[] {
  return [...fixtures.values()].map(({ integrationId }) => integrationId)
}

/** The fixture of a descriptor. */
export function fixtureOf({ fixtures }: Pick<Site, 'fixtures'>, descriptor: string): Fixture {
  const fixture = fixtures.get(descriptor)
  if (!fixture) throw new Error(`no integration was made for ${descriptor}`)
  return fixture
}
