import { counted } from '../../../reports/terminal/index.ts'
import { type Need, needsOf, rateText, unlimitedPerSecond } from '../../capacity/index.ts'
import type { PlannedDescriptor } from '../../plan/index.ts'
import type { LoadKey } from '../../run/index.ts'
import { callersOf, ownOrganization, type Spec } from '../../spec/index.ts'

/** What is sent to an OnCall: alerts, pages of a list, or one of each in turn. */
export const trafficKinds = ['alerts', 'requests', 'both'] as const

export type TrafficKind = (typeof trafficKinds)[number]

/** Each integration takes requests of the API key to be made and removed. */
const mostIntegrations = 200

/** Whom a load is sent for, and what its limits ask of that. */
export interface Spread {
  /** Sent for in turn; one may stand there several times. */
  descriptors: PlannedDescriptor[]
  needs: Need[]
  /** Those of the further keys that the load is sent with, or to whose organizations. */
  loadKeys: LoadKey[]
}

/** How many of each there are to be spread over, or are wanted. */
interface Width {
  integrations: number
  organizations: number
  keys: number
}

/** The load that is wanted: its highest rate on average, the most requests, and how it was asked for. */
export interface WantedLoad {
  ratePerSecond: number
  requests: number
  /** The flag that says the rate. Default: `--max-rate`. */
  flag?: string
  /** What to say with it for a load that comes to so much on average; `undefined` where no rate would do. Default: that. */
  rateFor?: (meanPerSecond: number) => number | undefined
}

/**
 * Spreads a load over as many integrations, organizations and keys as its highest rate needs, or over
 * the callers of a spec.
 * @param integrations so many at least.
 * @param loadKeys the keys that there are beside the target's own.
 * @returns what cannot be made, where the limits would cut the test short.
 */
export function spreadLoad(
  { limits, target }: Pick<Spec, 'limits' | 'target'>,
  kind: TrafficKind,
  integrations: number,
  wanted: WantedLoad,
  loadKeys: readonly LoadKey[],
): { ok: true; spread: Spread } | { ok: false; why: string[] } {
  // Integrations that a spec names are all of one organization.
  const named = target?.integrations
  const most = {
    integrations: named?.length ?? mostIntegrations,
    organizations: named ? 1 : 1 + labelsOf(loadKeys).length,
    keys: 1 + loadKeys.length,
  }
  const width = widthOf({ limits, target }, kind, integrations, wanted, most)
  const descriptors = descriptorsOf({ limits, target }, kind, width, loadKeys)
  const needs = needsOf(limits, descriptors, wanted)
  const short = needs.filter(({ needed, has }) => needed > has)
  if (short.length === 0) {
    return { ok: true, spread: { descriptors, needs, loadKeys: usedOf(loadKeys, descriptors) } }
  }
  const reached = unlimitedPerSecond(limits, descriptors)
  const { flag = '--max-rate', rateFor = (mean) => mean } = wanted
  const rate = rateFor(reached)
  const isShaped = Math.abs((rateFor(wanted.ratePerSecond) ?? 0) / wanted.ratePerSecond - 1) > 0.01
  const average = isShaped ? ' on average' : ''
  const ask = rate === undefined ? '' : `ask for ${flag} ${roundedDown(rate)} at most, `
  const instead = `${ask}${remedyOf(short, target)}, or measure what refusing costs with --expect-limited`
  return {
    ok: false,
    why: [
      ...short.map(
        ({ limit, scope, needed, has }) =>
          `${flag}: at ${rateText(wanted.ratePerSecond)}${average} the limit "${limit}" would refuse: the load takes ${counted(needed, 'value')} of ${scope}, and there ${has === 1 ? 'is' : 'are'} ${has}.`,
      ),
      `Up to ${rateText(reached)}${average} nothing is refused: ${instead}.`,
    ],
  }
}

/** With three digits, and never more than it was: with this rate nothing is refused. */
function roundedDown(rate: number): number {
  const step = 10 ** (Math.floor(Math.log10(rate)) - 2)
  return Number((Math.floor(rate / step + 1e-9) * step).toPrecision(3))
}

/** What whoever wrote the spec can do about limits that would refuse. */
function remedyOf(short: readonly Need[], target: Spec['target']): string {
  if (target?.kind === 'http') return 'name more callers'
  if (!target)
    return 'allow more with the limits of the spec, or with the organizations and keys of --embedded'
  const missing = (scope: string) =>
    Math.max(0, ...short.filter((need) => need.scope === scope).map(({ needed, has }) => needed - has))
  const organizations = target?.integrations ? 0 : missing('organization')
  const keys = missing('apiKey')
  const remedies = [
    ...(organizations > 0
      ? [`give a key of each of ${counted(organizations, 'more organization')} in target.loadKeys`]
      : []),
    ...(keys > 0 ? [`give ${counted(keys, 'more key')} in target.loadKeys`] : []),
    ...(target?.integrations ? ['name more integrations, or none so that some are made'] : []),
    'raise the limits for the test',
  ]
  return remedies.join(', or ')
}

/** A load that is not spread, so that its limits refuse. */
export function unspread(spec: Pick<Spec, 'limits' | 'target'>, kind: TrafficKind): Spread {
  const one = { integrations: 1, organizations: 1, keys: 1 }
  const descriptors = descriptorsOf(spec, kind, one, []).slice(0, kind === 'both' ? 2 : 1)
  return { descriptors, needs: [], loadKeys: [] }
}

/** No more organizations and keys than the load needs: others depend on each. */
function widthOf(
  spec: Pick<Spec, 'limits' | 'target'>,
  kind: TrafficKind,
  integrations: number,
  wanted: { ratePerSecond: number; requests: number },
  most: Width,
): Width {
  const single = descriptorsOf(spec, kind, { integrations: 1, organizations: 1, keys: 1 }, [])
  const needs = needsOf(spec.limits, single, wanted)
  const needed = (wantedScope: string) =>
    Math.max(1, ...needs.filter(({ scope }) => scope === wantedScope).map(({ needed }) => needed))
  const organizations = Math.min(most.organizations, needed('organization'))
  const keys = Math.min(most.keys, needed('apiKey'))
  // Each organization and each key is to get the same part.
  const step = kind === 'both' ? leastCommonMultiple(organizations, keys) : organizations
  const least = Math.max(integrations, needed('integration'))
  const rounded = step * Math.min(Math.ceil(least / step), Math.floor(most.integrations / step))
  return {
    integrations: rounded > 0 ? rounded : Math.min(most.integrations, Math.max(least, organizations)),
    organizations,
    keys,
  }
}

function leastCommonMultiple(one: number, other: number): number {
  let [divisor, rest] = [one, other]
  while (rest > 0) [divisor, rest] = [rest, divisor % rest]
  return (one / divisor) * other
}

function labelsOf(loadKeys: readonly LoadKey[]): string[] {
  return [...new Set(loadKeys.flatMap(({ organization }) => organization ?? []))]
}

/** Keys that the load is read with, and the first key of each other organization that alerts go to. */
function usedOf(loadKeys: readonly LoadKey[], descriptors: readonly PlannedDescriptor[]): LoadKey[] {
  const names = new Set(descriptors.map(({ name }) => name))
  const organizations = new Set(descriptors.flatMap(({ scopes }) => scopes.organization ?? []))
  return loadKeys.filter(({ descriptor, organization }) => {
    const isFirst = loadKeys.find((key) => key.organization === organization)?.descriptor === descriptor
    return names.has(descriptor) || (organization !== undefined && organizations.has(organization) && isFirst)
  })
}

function descriptorsOf(
  { limits, target }: Pick<Spec, 'limits' | 'target'>,
  kind: TrafficKind,
  { integrations, organizations, keys }: Width,
  loadKeys: readonly LoadKey[],
): PlannedDescriptor[] {
  if (target?.kind === 'http') {
    return callersOf({ target, limits }).map(({ name, scopes }) => ({ name, scopes, kind: 'request' }))
  }
  const labels = [ownOrganization, ...labelsOf(loadKeys)].slice(0, organizations)
  const alerts = Array.from({ length: integrations }, (_, index): PlannedDescriptor => {
    const name = integrations === 1 ? 'A' : `A${index + 1}`
    const organization = labels[index % labels.length] as string
    return { name, scopes: { integration: name, organization }, kind: 'alert' }
  })
  const lists = ['K', ...loadKeys.map(({ descriptor }) => descriptor)]
    .slice(0, keys)
    .map((name): PlannedDescriptor => ({ name, scopes: { apiKey: name }, kind: 'list' }))
  if (kind === 'requests') return lists
  return kind === 'alerts'
    ? alerts
    : alerts.flatMap((alert, index) => [alert, lists[index % lists.length] as PlannedDescriptor])
}
