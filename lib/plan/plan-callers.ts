import { type Caller, callersOf, type Limit, type Spec } from '../spec/index.ts'
import { type CallerGroup, callerGroups, counts, insideOf, type Tier } from './caller-groups.ts'
import type { PlanOptions, Unplannable } from './make-plan.ts'
import { endOfFillMs, gauge, gentleRate, openingFill, planOf, watch, windowsOf } from './parts.ts'
import type { Fill, Gauge, Plan, WatchPlan } from './plan.ts'
import { type Reach, reachOf } from './reach.ts'

/** Fillers take their turns so often: by the next one, their own limits have mostly recovered. */
const turnsOfFillers = 3

/** A limit, how it is reached, and through whom. */
interface Reached {
  limit: Limit
  tier: Tier
  reach: Extract<Reach, { kind: 'burst' | 'paced' }>
  /** Callers that no limit of the same step further in is filled through. */
  fillers: readonly Caller[]
}

/**
 * The plan for a target of kind http: what its callers send, all limits at once. Pure.
 *
 * Callers that no limit counts together have a watch of their own. Within a watch the innermost limit,
 * which counts the fewest callers, is filled through its first caller, and each outer one through the
 * callers that no inner one counts. Where the same callers have several limits, the one with the
 * shortest window comes first, and the next one after it, paced so that the first does not refuse.
 * @returns remarks on limits that cannot be reached whoever calls; or, where other callers would do,
 * what is needed.
 */
export function planCallers(
  spec: Spec,
  options: PlanOptions,
): { ok: true; plan: Plan; remarks: string[] } | { ok: false; problems: Unplannable[] } {
  const callers = callersOf(spec)
  const groups = callerGroups(callers, spec.limits)
  const problems = groups.flatMap((group) => problemsOf(group, spec.limits))
  if (problems.length > 0) return { ok: false, problems }
  const fills: Fill[] = []
  const watches: WatchPlan[] = []
  for (const group of groups) {
    const part = planGroup(group, spec.limits, spec.target?.limitedBy !== undefined, options)
    fills.push(...part.fills)
    watches.push(...part.watches)
  }
  const plan = planOf({
    descriptors: callers.map(({ name, scopes }) => ({ name, scopes, kind: 'request' })),
    fills,
    watches,
    deadlineMs: Math.max(...watches.map(({ deadlineMs }) => deadlineMs)),
    windowMs: Math.max(...spec.limits.map(({ window }) => window)),
  })
  return { ok: true, plan, remarks: groups.flatMap((group) => unreachable(group, spec.limits)) }
}

function problemsOf({ tiers }: CallerGroup, limits: readonly Limit[]): Unplannable[] {
  return tiers.flatMap((tier) =>
    tier.limits.flatMap((limit) => {
      const reach = reachOf(limit, tier, limits)
      return reach.kind === 'callers' ? [tooFewCallers(limit, tier, reach)] : []
    }),
  )
}

function tooFewCallers(
  limit: Limit,
  { callers }: Tier,
  { behind, needed }: Extract<Reach, { kind: 'callers' }>,
): Unplannable {
  const value = callers[0]?.scopes[limit.scope]
  const there = new Set(callers.map(({ scopes }) => scopes[behind.scope])).size
  return {
    limit: limit.name,
    why: `it cannot be reached, since "${behind.name}" refuses before that — name ${needed} callers with "${limit.scope}: ${value}" whose ${behind.scope} differs (${there} so far)`,
  }
}

/**
 * The steps of a group, one after another: in the last one each tier has its limit with the longest
 * window, in those before what else it has. A limit whose callers all are needed for inner ones has a
 * step of its own after them; and so has each limit where a refusal does not say which one it is from,
 * since then only a limit that is met by itself can be told from the others.
 */
function stepsOf({ tiers }: CallerGroup, limits: readonly Limit[], named: boolean): Reached[][] {
  const reached = tiers.map((tier) =>
    tier.limits.flatMap((limit): Reached[] => {
      const reach = reachOf(limit, tier, limits)
      return reach.kind === 'burst' || reach.kind === 'paced' ? [{ limit, tier, reach, fillers: [] }] : []
    }),
  )
  if (!named) {
    const inTurn = reached.flat().toSorted((one, other) => one.limit.window - other.limit.window)
    return inTurn.map((each) => [{ ...each, fillers: each.tier.callers.toReversed() }])
  }
  const most = Math.max(0, ...reached.map(({ length }) => length))
  const steps: Reached[][] = []
  const alone: Reached[][] = []
  for (let step = 0; step < most; step++) {
    const taken = new Set<Caller>()
    const together: Reached[] = []
    for (const some of reached) {
      const each = some[step - (most - some.length)]
      if (!each) continue
      const fillers = each.tier.callers.filter((caller) => !taken.has(caller))
      for (const caller of fillers) taken.add(caller)
      if (fillers.length > 0) together.push({ ...each, fillers })
      else alone.push([{ ...each, fillers: each.tier.callers }])
    }
    steps.push(together)
  }
  return [...steps, ...alone]
}

function planGroup(group: CallerGroup, limits: readonly Limit[], named: boolean, options: PlanOptions) {
  const fills: Fill[] = []
  const watches: WatchPlan[] = []
  let startMs = 0
  for (const step of stepsOf(group, limits, named)) {
    const gauges = step.map((each) => gaugeOf(each, step, limits, options))
    const [innermost] = gauges as [Gauge, ...Gauge[]]
    const longestMs = Math.max(...gauges.map(({ windowMs }) => windowMs))
    let beginMs = startMs
    if (startMs === 0 && innermost.fillersLimited !== true) {
      const [{ limit }] = step as [Reached, ...Reached[]]
      const fill = openingFill(innermost.fillers[0] as string, limit, innermost.ratePerSecond)
      fills.push(fill)
      beginMs = endOfFillMs(fill)
    }
    // What is paced slowly may take longer to fill than a window: that comes on top.
    const countedFromMs = Math.max(startMs, beginMs - longestMs)
    const watched = step.map(({ limit }) => limit)
    const deadlineMs = countedFromMs + Math.ceil(windowsOf(options, watched) * longestMs)
    const named = watched.map(({ name }) => name).join(', ')
    watches.push(watch(`${group.callers[0]?.name}: ${named}`, gauges, beginMs, deadlineMs))
    startMs = deadlineMs
  }
  return { fills, watches }
}

function gaugeOf(
  { limit, tier, reach, fillers: callers }: Reached,
  step: readonly Reached[],
  limits: readonly Limit[],
  { requestsPerSecond }: PlanOptions,
): Gauge {
  const names = callers.map(({ name }) => name)
  const ownLimits = limits.some(
    (other) =>
      insideOf(other, tier) &&
      !step.some((each) => each.limit === other) &&
      callers.some((caller) => counts(other, caller)),
  )
  const turns = ownLimits || step[0]?.limit !== limit ? turnsOfFillers : 1
  const wanted = requestsPerSecond ?? gentleRate(limit, 'request')
  const made = gauge(limit, Array.from({ length: turns }, () => names).flat(), wanted)
  if (ownLimits) made.fillersLimited = true
  if (reach.kind === 'burst') return made
  return {
    ...made,
    ratePerSecond: Math.min(wanted, reach.ratePerSecond),
    probeEveryMs: Math.max(made.probeEveryMs, Math.ceil(1000 / reach.ratePerSecond)),
  }
}

/** Where a limit cannot be full, for the person who waits for a verdict on it. */
function unreachable({ tiers }: CallerGroup, limits: readonly Limit[]): string[] {
  return tiers.flatMap((tier) =>
    tier.limits.flatMap((limit) => {
      const reach = reachOf(limit, tier, limits)
      return reach.kind === 'never'
        ? [
            `"${limit.name}" cannot be reached, since "${reach.behind.name}" refuses before: it stays inconclusive.`,
          ]
        : []
    }),
  )
}
