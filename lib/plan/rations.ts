import { documentedOncallLimits, type Limit, type Spec } from '../spec/index.ts'
import type { Unplannable } from './make-plan.ts'
import { openedByWatches } from './opened-by-watches.ts'
import type { Gauge, Plan, Ration } from './plan.ts'

/** How many windows a limit is fired at under a ration: one more, to wait until there is room again. */
export const rationedWindows = 3.2

/** So many times sparser than planned, two probes still lie within the tolerance of a window. */
const sparsest = 2.5

/** Fewer refusals in a row than this may be somebody else's doing. */
const fewestConfirmations = 3

/**
 * What alerts may use up of the organization's limits, so that the reserve of the target is left to
 * others; the limit that OnCall documents stands for one that the spec does not have. None where
 * nobody else depends on the organization, or where its limit itself is to be filled.
 * @param isAsked whether a scope is to be verified.
 */
export function rationsOf(spec: Spec, isAsked: (scope: string) => boolean): Omit<Ration, 'descriptors'>[] {
  const { target, limits, clockDriftPpm } = spec
  if (target?.kind !== 'oncall' || target.dedicated || !isAsked('integration')) return []
  const ofOrganization = ({ scope }: Limit) => scope === 'organization'
  const written = limits.filter(ofOrganization)
  if (written.length > 0 && isAsked('organization')) return []
  const shared = written.length > 0 ? written : documentedOncallLimits.filter(ofOrganization)
  return shared.map(({ limit, window, serverClock }) => ({
    // The nudge is for shares such as 0.8, which are a little less than they say.
    most: Math.floor(limit * (1 - target.reserve) + 1e-9),
    // Their clock may run slower than ours, and count in whole seconds.
    windowMs: Math.ceil(window * (1 + clockDriftPpm / 1e6)) + (serverClock === '1s' ? 1_000 : 0) + 1,
  }))
}

/**
 * The plan as it works under rations on all its alerts: opened by its watches, which wait where they
 * must, with probes as sparse and confirmations as short as that takes; or why it cannot work.
 */
export function underRations(
  plan: Plan,
  rations: readonly Omit<Ration, 'descriptors'>[],
  spec: Pick<Spec, 'limits' | 'target'>,
): { ok: true; plan: Plan } | { ok: false; problems: Unplannable[] } {
  const descriptors = plan.descriptors.filter(({ kind }) => kind === 'alert').map(({ name }) => name)
  if (rations.length === 0 || descriptors.length === 0) return { ok: true, plan }
  const isRationed = (descriptor: string) => descriptors.includes(descriptor)
  const opened = openedByWatches(plan, isRationed)
  const problems: Unplannable[] = []
  const watches = opened.watches.map((watch) => {
    if (!watch.gauges.some(({ fillers }) => fillers.some(isRationed))) return watch
    const gauges = watch.gauges.map((gauge) => {
      const fitted = rations.reduce<Gauge | undefined>(
        (each, ration) => each && withinRation(each, ration),
        gauge,
      )
      if (!fitted) problems.push(tooLittle(gauge, rations, spec))
      return fitted ?? gauge
    })
    const most = Math.min(
      ...rations.map((ration) => ration.most * (Math.floor(watch.deadlineMs / ration.windowMs) + 1)),
    )
    return { ...watch, gauges, maxRequests: Math.min(watch.maxRequests, most) }
  })
  if (problems.length > 0) return { ok: false, problems }
  const maxRequests =
    opened.fills.reduce((total, { count }) => total + count, 0) +
    watches.reduce((total, watch) => total + watch.maxRequests, 0)
  return {
    ok: true,
    plan: { ...opened, watches, maxRequests, rations: rations.map((each) => ({ ...each, descriptors })) },
  }
}

/** A gauge that can be filled, confirmed and watched within a ration; `undefined` where none can. */
function withinRation(gauge: Gauge, { most, windowMs }: Omit<Ration, 'descriptors'>): Gauge | undefined {
  const longestMs = gauge.probeEveryMs * sparsest
  for (
    let confirmRefusals = gauge.confirmRefusals;
    confirmRefusals >= fewestConfirmations;
    confirmRefusals--
  ) {
    // As many again may be under way when the limit begins to refuse.
    const room = most - gauge.limit - 2 * confirmRefusals
    const probeEveryMs = Math.max(gauge.probeEveryMs, Math.ceil(windowMs / room))
    if (room > 0 && probeEveryMs <= longestMs) return { ...gauge, confirmRefusals, probeEveryMs }
  }
  return undefined
}

function tooLittle(
  { scope, limit, probeEveryMs }: Gauge,
  rations: readonly Omit<Ration, 'descriptors'>[],
  { limits, target }: Pick<Spec, 'limits' | 'target'>,
): Unplannable {
  const tightest = rations.toSorted((a, b) => a.most - b.most)[0] as Omit<Ration, 'descriptors'>
  const probes = Math.ceil(tightest.windowMs / (probeEveryMs * sparsest))
  const needed = limit + 2 * fewestConfirmations + probes
  const name = limits.find((each) => each.scope === scope && each.limit === limit)?.name ?? scope
  const percent = Math.round(100 * (target?.reserve ?? 0) * 100) / 100
  return {
    limit: name,
    why: `its verification takes ${needed} alerts in one window of the organization, and ${tightest.most} are left to it by the reserve of ${percent}% for others — lower target.reserve, write "dedicated: true" if nobody else depends on the organization, or widen the limit's tolerance`,
  }
}
