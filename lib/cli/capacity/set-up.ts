import { paceMs, restMs } from '../../oncall/index.ts'
import { keyLimitsOf, setupKeyOf } from '../../run/index.ts'
import type { CapacityRequest } from './capacity-request.ts'

/** What it takes to make a run's integrations, or to read those that a spec names, and to clear them away again. */
export interface SetUp {
  integrations: number
  /** How many organizations these are in, each with a key of its own. */
  organizations: number
  /** Does the spec name them? Then they are neither made nor removed. */
  named: boolean
  /** API requests at most, before the first of the load and after the last. */
  requestsBefore: number
  requestsAfter: number
  /** How long they wait at most so as not to use up the limits of the keys; 0 without limits of keys. */
  waitsBeforeMs: number
  waitsAfterMs: number
}

/** Whose is the key, and which integrations does it see? */
const forEachKey = 2

/**
 * What a run asks of OnCall's API beside its load, and how long that waits for the limits which the spec says
 * its keys have. Of each integration: create it, change its route, read that back (of one that a spec names:
 * read it and its routes); then list its alert groups, resolve one, list them again, remove it. Pure.
 */
export function setUpOf({
  traffic,
  spec,
  target,
  spread,
}: Pick<CapacityRequest, 'traffic' | 'spec' | 'target' | 'spread'>): SetUp {
  const { descriptors } = traffic
  const alerts = new Map(
    descriptors.flatMap(({ kind, name, scopes }) => (kind === 'alert' ? [[name, scopes.organization]] : [])),
  )
  const counts = [...Map.groupBy(alerts.values(), (organization) => organization).values()].map(
    ({ length }) => length,
  )
  const isLasting = target.kind === 'oncall'
  const named = spec.target?.integrations !== undefined
  const [before, after] = named ? [2, 3] : [3, isLasting ? 4 : 0]
  const limits = keyLimitsOf(spec)
  const waitsMs = (of: (count: number) => number) =>
    counts.reduce((sum, count) => sum + paceMs(limits, of(count)), 0)
  const requestsOf = (count: number) => forEachKey + before * count
  // The load is to find the limits free of the keys that it is read with.
  const isRead = descriptors.some(({ kind }) => kind === 'list')
  const isByOthers = setupKeyOf(target) !== undefined && counts.length < 2
  const restsMs = isRead && !isByOthers ? restMs(limits, requestsOf(Math.max(0, ...counts))) : 0
  return {
    integrations: alerts.size,
    organizations: counts.length,
    named,
    requestsBefore:
      target.kind === 'http' ? 0 : forEachKey * (1 + spread.loadKeys.length) + before * alerts.size,
    requestsAfter: after * alerts.size,
    waitsBeforeMs: waitsMs(requestsOf) + restsMs,
    waitsAfterMs: waitsMs((count) => after * count),
  }
}
