import { judge } from '../../lib/check/index.ts'
import {
  type Discovered,
  discoverLimits,
  type Experiment,
  type Fired,
  limitsToPlan,
} from '../../lib/discover/index.ts'
import type { History, Scopes } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { makePlan, type Plan, type PlanOptions } from '../../lib/plan/index.ts'
import { type Algorithm, algorithms, type Limit, limitSchema } from '../../lib/spec/index.ts'
import { seeded, simulateRun } from '../simulation/simulate.ts'

export const scopes = ['integration', 'organization', 'apiKey'] as const
type Scope = (typeof scopes)[number]

/** A platform with limits that nobody has documented. */
export interface Hidden {
  algorithm: Algorithm
  limits: Record<Scope, { limit: number; windowMs: number }>
  namesRefuser: boolean
  /** Do all integrations share one limit? Default: each has its own. */
  sharesIntegrations?: boolean
  /** Answers take so long at most, in ms. Default: 5. */
  slowestMs?: number
  seed: number
}

/** Limits as a spec has them, in the order in which they are applied. */
export function limitsOf(limits: Partial<Hidden['limits']>): Limit[] {
  return scopes.flatMap((scope) => {
    const { [scope]: real } = limits
    if (!real) return []
    const window = `${real.windowMs}ms`
    return [limitSchema.parse({ name: `per ${scope}`, scope, limit: real.limit, window })]
  })
}

/** What the spec says, whatever is there: 300, 500 and 300 in 10 s. */
export const documented: Limit[] = limitsOf({
  integration: { limit: 300, windowMs: 10_000 },
  organization: { limit: 500, windowMs: 10_000 },
  apiKey: { limit: 300, windowMs: 10_000 },
})

/** Those of alerts alone. */
export const documentedAlerts = documented.slice(0, 2)

/** A platform with limits of 100 to 2,000, windows of 2 to 60 seconds, and phases drawn. */
export function hiddenPlatform(seed: number, among: readonly Algorithm[] = algorithms): Hidden {
  const random = seeded(seed)
  const drawn = () => ({
    limit: 100 + Math.floor(random() * 1_900),
    windowMs: 1000 * (2 + Math.floor(random() * 59)),
  })
  return {
    algorithm: among[Math.floor(random() * among.length)] as Algorithm,
    limits: { integration: drawn(), organization: drawn(), apiKey: drawn() },
    namesRefuser: random() < 0.5,
    seed,
  }
}

/**
 * Fires at a hidden platform on a virtual clock, and judges what it met.
 * @param limits as the run is planned for them.
 */
export function fireAtHidden(
  hidden: Hidden,
  experiment: Experiment,
  run: number,
  limits: Limit[] = limitsToPlan(experiment),
  planOptions: PlanOptions = {},
): Fired {
  const history = metAtHidden(hidden, experiment, run, limits, planOptions)
  return { history, limits: judge(history, { limits: experiment.limits, clockDriftPpm: 200 }).limits }
}

/** What a run meets at a hidden platform on a virtual clock: each run phases of its own. */
export function metAtHidden(
  hidden: Hidden,
  { limits: _, ...options }: Experiment,
  run: number,
  limits: Limit[],
  planOptions: PlanOptions = {},
): History {
  const made = makePlan(
    { limits, outcomes: { accepted: '2xx', limited: '429' }, clockDriftPpm: 200 },
    { ...options, ...planOptions },
  )
  if (!made.ok) throw new Error(made.problems.map(({ why }) => why).join('; '))
  const random = seeded(hidden.seed + 1000 * run)
  const server = {
    limits: scopes.map((scope) => ({
      name: scope,
      scope,
      limitedRequests: 'free' as const,
      chargedWhenRefused: 'free' as const,
      model: () => {
        const { limit, windowMs } = hidden.limits[scope]
        const windowUs = windowMs * 1000
        return createLimiter(hidden.algorithm, { limit, windowUs, phaseUs: Math.floor(random() * windowUs) })
      },
    })),
    namesRefuser: hidden.namesRefuser,
    countedBy: (counted: Scopes) =>
      hidden.sharesIntegrations && counted.integration ? { ...counted, integration: 'all' } : counted,
    latencyMs: (draw: () => number) => 1 + ((hidden.slowestMs ?? 5) - 1) * draw(),
  }
  return simulateRun(withKeyTriedFirst(made.plan), server, hidden.seed + run)
}

/** Runs try their key before integrations are made and firing begins. */
function withKeyTriedFirst(plan: Plan): Plan {
  if (!plan.descriptors.some(({ name }) => name === 'K')) return plan
  const tried = { descriptor: 'K', ratePerSecond: 1, count: 1, startMs: 0, maxInFlight: 1 }
  const later = <Part extends { startMs: number }>(part: Part): Part => ({
    ...part,
    startMs: part.startMs + afterTrialMs,
  })
  return {
    ...plan,
    fills: [tried, ...plan.fills.map(later)],
    watches: plan.watches.map((watch) => ({
      ...later(watch),
      deadlineMs: watch.deadlineMs + afterTrialMs,
    })),
  }
}

const afterTrialMs = 4_000

/**
 * Discovers the limits of a platform, all on a virtual clock. Counts the runs.
 * @param spec the limits that are asked for, as they are documented.
 */
export async function discoverHidden(
  hidden: Hidden,
  told: (experiment: Experiment, fired: Fired) => void = () => {},
  spec: Limit[] = documented,
): Promise<Discovered & { runs: number }> {
  let runs = 0
  const fireAt = async (experiment: Experiment, run: number, limits?: Limit[]): Promise<Fired> => {
    runs++
    const fired = fireAtHidden(hidden, experiment, run, limits)
    told(experiment, fired)
    return fired
  }
  const experiment = { limits: spec, only: spec.map(({ scope }) => scope) }
  const first = await fireAt(experiment, 0, spec)
  const found = await discoverLimits(spec, first, (...next) => fireAt(...next))
  return { ...found, runs }
}

/** Verifies the limits that were found of a platform, all at once, by a run as usual with phases of its own. */
export function verifyAtHidden(hidden: Hidden, limits: Limit[]): Fired['limits'] {
  const only = [...new Set(limits.map(({ scope }) => scope))]
  return fireAtHidden(hidden, { limits, only }, verifyingRun, limits, { oneAfterAnother: true }).limits
}

/** A run that no discovery comes to. */
const verifyingRun = 77

/** What is said of a platform that is not so: a proven or likely limit that is another, or one above itself. */
export function mistakesOf(
  { limits, sharesIntegrations }: Hidden,
  measured: Discovered['measured'],
): string[] {
  return measured.flatMap(({ scope, limit, windowSeconds, as, between, refusedAfter }) => {
    const real = limits[scope as Scope]
    // A limit that all integrations share is one of the organization, where nothing says which refused.
    const possible = sharesIntegrations && scope === 'organization' ? [real, limits.integration] : [real]
    const isOne = possible.some(
      (one) => limit === one.limit && Math.abs((1000 * windowSeconds) / one.windowMs - 1) <= tolerance,
    )
    if ((as === 'likely' || as === 'proven') && isOne) return []
    if (as === 'likely' && between && between[0] <= real.limit && real.limit <= between[1]) return []
    // In the window of the spec several of its own let through as much as each of them, and at its edges once more.
    const windows = Math.ceil((1000 * windowSeconds) / real.windowMs)
    if (as === 'above' && limit < real.limit * windows) return []
    const canBeSeen = limit < real.limit * (windows + 1)
    if (as === 'unknown' && canBeSeen && real.limit <= (refusedAfter ?? real.limit)) return []
    return [`${scope}: ${as} ${limit} in ${windowSeconds} s, and it is ${real.limit} in ${real.windowMs} ms`]
  })
}

/** Of a window, as specs have it where they say nothing. */
const tolerance = 0.05
