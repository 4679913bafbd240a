import { parse } from 'yaml'
import { isBucket, type Limit, type Spec } from '../spec/index.ts'

/** A spec as it can honestly be held against a target that others may have used. */
export interface SpecInEffect {
  spec: Spec
  /** So long nothing may be sent before the firing, so that nothing from before counts; 0 mostly. */
  quietMs: number
}

/** Integrations of OnCall are made for the run, unless the spec names some; everything else was there before it. */
const ownScope = 'integration'

/**
 * Fills in what the author of a spec left open about a target that outlives the run. An organization
 * and a key that are there already may be in use: by others, unless the target is dedicated, and by
 * an earlier run in any case. Where others may use a limit, `foreignTraffic` is `possible`; where
 * only earlier requests may still count, a time of silence makes `startsEmpty` true, and without it,
 * or where no silence is long enough, `startsEmpty` is false. What is written in the spec stays as it is.
 * @param text the spec as it is written, which parses.
 * @param wait may the run be silent first?
 * @param isAsked whether a scope is to be verified; for the others nobody waits.
 */
export function specInEffect(
  spec: Spec,
  text: string,
  wait: boolean,
  isAsked: (scope: string) => boolean = () => true,
): SpecInEffect {
  if (!spec.target) return { spec, quietMs: 0 }
  const { dedicated, kind, integrations } = spec.target
  const hasOwn = kind === 'oncall' && integrations === undefined
  const written = (parse(text) as { limits: Partial<Limit>[] }).limits
  let quietMs = 0
  const limits = spec.limits.map((limit, index) => {
    const { startsEmpty, foreignTraffic } = written[index] ?? {}
    if (hasOwn && limit.scope === ownScope) return limit
    if (foreignTraffic === undefined && !dedicated) return { ...limit, foreignTraffic: 'possible' as const }
    if (startsEmpty !== undefined || limit.foreignTraffic === 'possible') return limit
    const afterMs = forgottenAfterMs(limit, spec.limits.length > 1)
    const waited = wait && isAsked(limit.scope) && Number.isFinite(afterMs)
    if (waited) quietMs = Math.max(quietMs, afterMs)
    return { ...limit, startsEmpty: waited }
  })
  return { spec: { ...spec, limits }, quietMs }
}

/** For clocks of whole seconds. */
const spareMs = 1_000

/**
 * After so long without a request a limit is as if new: a sliding counter looks back one window further.
 * Never, where it may be a bucket that refused requests take from: nobody knows how far below empty it was.
 */
function forgottenAfterMs(
  { algorithm, window, limitedRequests, chargedWhenRefused }: Limit,
  besideOthers: boolean,
): number {
  const mayOwe = limitedRequests !== 'free' || (besideOthers && chargedWhenRefused !== 'free')
  if (mayOwe && algorithm.some(isBucket)) return Number.POSITIVE_INFINITY
  return (algorithm.includes('sliding-counter') ? 2 * window : window) + spareMs
}
