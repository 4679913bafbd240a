import { counted } from '../../../reports/terminal/index.ts'
import { type Need, needsOf, rateText, unlimitedPerSecond } from '../../capacity/index.ts'
import type { PlannedDescriptor } from '../../plan/index.ts'
import { callersOf, type Spec } from '../../spec/index.ts'

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
}

/**
 * Spreads a load over as many integrations as its highest rate needs, or over the callers of a spec.
 * @param integrations so many at least.
 * @param wanted the highest rate, and the most requests.
 * @returns what cannot be made, where the limits would cut the test short.
 */
export function spreadLoad(
  { limits, target }: Pick<Spec, 'limits' | 'target'>,
  kind: TrafficKind,
  integrations: number,
  wanted: { ratePerSecond: number; requests: number },
): { ok: true; spread: Spread } | { ok: false; why: string[] } {
  const most = target?.integrations?.length ?? mostIntegrations
  const first = descriptorsOf({ limits, target }, kind, Math.min(most, integrations))
  const made = needsOf(limits, first, wanted).find(({ scope }) => scope === 'integration')
  const count = Math.min(most, Math.max(integrations, made?.needed ?? 0))
  const descriptors = descriptorsOf({ limits, target }, kind, count)
  const needs = needsOf(limits, descriptors, wanted)
  const short = needs.filter(({ needed, has }) => needed > has)
  if (short.length === 0) return { ok: true, spread: { descriptors, needs } }
  const reached = unlimitedPerSecond(limits, descriptors)
  return {
    ok: false,
    why: [
      ...short.map(
        ({ limit, scope, needed, has }) =>
          `--max-rate: at ${rateText(wanted.ratePerSecond)} the limit "${limit}" would refuse: the load takes ${counted(needed, 'value')} of ${scope}, and there ${has === 1 ? 'is' : 'are'} ${has}.`,
      ),
      `Up to ${rateText(reached)} nothing is refused: ask for --max-rate ${Number(reached.toPrecision(3))} at most, name more ${target?.kind === 'http' ? 'callers' : 'integrations, or raise the limits for the test'}, or measure what refusing costs with --expect-limited.`,
    ],
  }
}

/** A load that is not spread, so that its limits refuse. */
export function unspread(spec: Pick<Spec, 'limits' | 'target'>, kind: TrafficKind): Spread {
  return { descriptors: descriptorsOf(spec, kind, 1).slice(0, kind === 'both' ? 2 : 1), needs: [] }
}

function descriptorsOf(
  { limits, target }: Pick<Spec, 'limits' | 'target'>,
  kind: TrafficKind,
  integrations: number,
): PlannedDescriptor[] {
  if (target?.kind === 'http') {
    return callersOf({ target, limits }).map(({ name, scopes }) => ({ name, scopes, kind: 'request' }))
  }
  const alerts = Array.from({ length: integrations }, (_, index): PlannedDescriptor => {
    const name = integrations === 1 ? 'A' : `A${index + 1}`
    return { name, scopes: { integration: name, organization: 'organization' }, kind: 'alert' }
  })
  const list: PlannedDescriptor = { name: 'K', scopes: { apiKey: 'K' }, kind: 'list' }
  if (kind === 'requests') return [list]
  return kind === 'alerts' ? alerts : alerts.flatMap((alert) => [alert, list])
}
