import type { Scopes } from '../history/index.ts'
import type { Fixture } from '../oncall/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Ask } from './ask.ts'
import type { Exchange } from './exchange.ts'

/** A key beside the tested one, and whose it is. */
export type OtherKeys = Partial<Record<'sameUser' | 'otherUser' | 'otherOrganization', string>>

/** Where questions are asked: the platform as they may use it. */
export interface Site {
  ask: Ask
  /** Base address of the API, without a slash at the end. */
  url: string
  apiKey: string
  stackUrl?: string
  otherKeys: OtherKeys
  /** Integrations that lead nowhere, by descriptor. */
  fixtures: ReadonlyMap<string, Fixture>
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

/** By what the requests to an integration count: all integrations of a run are in one organization. */
export function alertScopes(descriptor: string): Scopes {
  return { integration: descriptor, organization: 'own' }
}

/** So long that what was sent before counts no more for the organization, in most kinds of windows. */
export function restMs(site: Pick<Site, 'limits'>): number {
  return 1.1 * Math.max(0, ...alertLimits(site).map(({ window }) => window))
}

/** The fixture of a descriptor. */
export function fixtureOf({ fixtures }: Pick<Site, 'fixtures'>, descriptor: string): Fixture {
  const fixture = fixtures.get(descriptor)
  if (!fixture) throw new Error(`no integration was made for ${descriptor}`)
  return fixture
}
