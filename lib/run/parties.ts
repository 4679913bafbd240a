import {
  createOncall,
  type Fixture,
  type Made,
  type OncallOptions,
  type OncallProblem,
} from '../oncall/index.ts'
import { keyPatienceMs, type UnderWay } from './fire-plan.ts'
import { type Integrations, integrationsFor } from './integrations.ts'
import type { Clients } from './keys.ts'
import type { LoadKey } from './load-keys.ts'

/** One organization that a run sends alerts to: by which key it is spoken to, and its integrations. */
export interface Party {
  client: Omit<OncallOptions, 'signal'>
  /** A name for the organization; `undefined` for that of the target's own key. */
  organization?: string
  integrations: Integrations
}

/** What a run has in one organization, or may have. */
export interface Holding {
  party: Party
  fixtures: readonly Made[]
  /** May there be an integration whose making was never answered? */
  mayExist: boolean
}

/** Integrations in all organizations of a run; or what is in the way, and what may have been left. */
export type AllReady = { holdings: Holding[]; fixtures: Fixture[]; problem?: OncallProblem }

/**
 * The organizations of a run: that of the target's own key first, then those of further keys that alerts
 * of the plan are sent to, each spoken to by the first key that belongs to it.
 */
export function partiesOf(
  clients: Clients,
  loadKeys: readonly LoadKey[],
  run: UnderWay,
  signal: AbortSignal,
): [own: Party, ...others: Party[]] {
  const alerts = run.assignment.plan.descriptors.filter(({ kind }) => kind === 'alert')
  const firstKeys = new Map<string, LoadKey>()
  for (const key of loadKeys) {
    const { organization } = key
    if (organization !== undefined && !firstKeys.has(organization)) firstKeys.set(organization, key)
  }
  const isElsewhere = (organization: string | undefined) =>
    organization !== undefined && firstKeys.has(organization)
  const partyOf = (client: Party['client'], descriptors: typeof alerts, organization?: string): Party => {
    const names = descriptors.map(({ name }) => name)
    const integrations = integrationsFor(createOncall({ ...client, signal }), run, names)
    return { client, integrations, ...(organization !== undefined && { organization }) }
  }
  const own = partyOf(
    clients.setup,
    alerts.filter(({ scopes }) => !isElsewhere(scopes.organization)),
  )
  const others = [...firstKeys].flatMap(([organization, key]) => {
    const theirs = alerts.filter(({ scopes }) => scopes.organization === organization)
    const client = clients.load.get(key.descriptor)
    return client && theirs.length > 0 ? partyOf(client, theirs, organization) : []
  })
  return [own, ...others]
}

/** Makes or reads the integrations of one organization after another, until one is in the way. */
export async function prepareAll(
  parties: readonly Party[],
  run: UnderWay,
  signal: AbortSignal,
): Promise<AllReady> {
  const holdings: Holding[] = []
  const fixtures: Fixture[] = []
  for (const party of parties) {
    const ready = await party.integrations.prepare()
    if (!ready.ok) {
      const { left, mayExist, problem } = ready
      return { holdings: [...holdings, { party, fixtures: left, mayExist }], fixtures, problem }
    }
    holdings.push({ party, fixtures: ready.fixtures, mayExist: false })
    fixtures.push(...ready.fixtures)
  }
  const problem = await sameOrganization(holdings, run, signal)
  return { holdings, fixtures, ...(problem && { problem }) }
}

/**
 * Two keys of one organization see each other's integrations. Then its limit would refuse what two
 * organizations take, and mute everybody in it. One request a page of each further key's list.
 */
async function sameOrganization(
  [, ...others]: readonly Holding[],
  { assignment: { id, spec } }: UnderWay,
  signal: AbortSignal,
): Promise<OncallProblem | undefined> {
  for (const { party, fixtures } of others) {
    const { client, organization } = party
    const own = new Set(fixtures.map(({ integrationId }) => integrationId))
    const oncall = createOncall({ ...client, signal })
    const found = await oncall.findRemains({ waitMs: keyPatienceMs(spec), signal })
    if (!found.ok) return found.problem
    if (found.value.some(({ runId, integrationId }) => runId === id && !own.has(integrationId))) {
      const sentence = `The key of organization "${organization}" in target.loadKeys sees integrations that were made with another key, so both belong to one organization: give both the same name there, or leave it out for that of apiKey.`
      return { kind: 'unusable', sentence }
    }
  }
  return undefined
}
