import { mostReadBackRequests } from '../../oncall/index.ts'
import { setupKeyOf } from '../../run/index.ts'
import { integrationsNeeded } from './named-integrations.ts'
import type { Verification } from './verification.ts'

/**
 * Requests to make ready and to clean up, at most. Once for each key: whose is it? Of each integration:
 * create, change the route, read it back (or, of a named one, read it and its routes, before and after
 * a silence); then list its alert groups, resolve one, list them again, remove.
 */
export function requestsBeside({
  plan,
  target,
  spec,
  quietMs,
}: Pick<Verification, 'plan' | 'target' | 'spec' | 'quietMs'>): number {
  if (target.kind === 'http') return 0
  const keys = setupKeyOf(target) === undefined ? 1 : 2
  const before = spec.target?.integrations ? 2 * (quietMs > 0 ? 2 : 1) : 3
  const after = target.kind === 'embedded' ? 0 : spec.target?.integrations ? 3 : 4
  return keys + (before + after) * integrationsNeeded(plan)
}

/** Requests to read back what became of the alerts, at most; few are needed where all is well. */
export function requestsToReadBack({ plan, reading }: Pick<Verification, 'plan' | 'reading'>): number {
  if (!reading) return 0
  return mostReadBackRequests(reading.deliveredWithinMs) * integrationsNeeded(plan)
}
