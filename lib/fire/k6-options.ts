import { endOfLoadMs, type Load } from '../plan/load.ts'
import type { Plan } from '../plan/plan.ts'
import { type Bindings, type Lane, laneOf } from './bindings.ts'
import { usersOf } from './load-users.ts'
import { partOf } from './raw-line.ts'

/**
 * Added to the time that the arrivals of a fill take, so that a stall of the machine near the end
 * does not cost requests; the exact count is guarded by the scenario.
 */
const spareMs = 250

/** k6 refuses arrival rates over less than a second. */
const shortestMs = 1_000

/** Time that a request at its timeout still has to be recorded before k6 cuts it off. */
const recordingMs = 2_000

/** The longest that k6 can run by itself, from the start of the firing: a bound for whoever waits. */
export function longestRunMs(plan: Plan): number {
  const fillsMs = plan.fills.map((fill) => fill.startMs + fillDurationMs(fill.count, fill.ratePerSecond))
  const loadsMs = (plan.loads ?? []).map(endOfLoadMs)
  return Math.max(plan.deadlineMs, ...fillsMs, ...loadsMs) + plan.requestTimeoutMs + recordingMs
}

/** How long the arrivals of a fill go on, in whole milliseconds. */
export function fillDurationMs(count: number, ratePerSecond: number): number {
  return Math.max(shortestMs, Math.ceil(((count - 0.5) * 1000) / ratePerSecond) + spareMs)
}

/** The lane of a fill or a watch: fresh connections as soon as one of its descriptors needs them. */
export function laneOfPart(descriptors: readonly string[], bindings: Bindings): Lane {
  const needsFresh = descriptors.some((name) => {
    const binding = bindings.descriptors[name]
    return binding !== undefined && laneOf(binding) === 'fresh'
  })
  return needsFresh ? 'fresh' : 'kept'
}

/** The lane of a load: that of its descriptors, unless it is to keep its connections. */
export function laneOfLoad({ keepsConnections, descriptors }: Load, bindings: Bindings): Lane {
  return keepsConnections ? 'kept' : laneOfPart(descriptors, bindings)
}

/** k6's options for one lane of a plan; `scenarios` is empty when nothing of the plan travels there. */
export function k6Options(plan: Plan, bindings: Bindings, lane: Lane) {
  const gracefulStop = `${plan.requestTimeoutMs + recordingMs}ms`
  const scenarios: Record<string, Record<string, unknown>> = {}
  let mostInFlight = 1
  for (const [index, fill] of plan.fills.entries()) {
    if (fill.count === 0 || laneOfPart([fill.descriptor], bindings) !== lane) continue
    mostInFlight = Math.max(mostInFlight, fill.maxInFlight)
    scenarios[partOf.fill(index)] = {
      executor: 'constant-arrival-rate',
      exec: 'fill',
      rate: 1,
      timeUnit: `${Math.round(1e9 / fill.ratePerSecond)}ns`,
      duration: `${fillDurationMs(fill.count, fill.ratePerSecond)}ms`,
      startTime: `${Math.round(fill.startMs)}ms`,
      preAllocatedVUs: fill.maxInFlight,
      maxVUs: fill.maxInFlight,
      gracefulStop,
    }
  }
  for (const [index, watch] of plan.watches.entries()) {
    const fillers = watch.gauges.flatMap((gauge) => gauge.fillers)
    if (laneOfPart(fillers, bindings) !== lane) continue
    mostInFlight = Math.max(mostInFlight, watch.maxInFlight)
    scenarios[partOf.watch(index)] = {
      executor: 'shared-iterations',
      exec: 'watch',
      vus: 1,
      iterations: 1,
      startTime: `${Math.round(watch.startMs)}ms`,
      maxDuration: `${Math.max(shortestMs, Math.ceil(plan.deadlineMs - watch.startMs))}ms`,
      gracefulStop,
    }
  }
  for (const [index, load] of (plan.loads ?? []).entries()) {
    if (laneOfLoad(load, bindings) !== lane) continue
    const vus = usersOf(plan, load)
    mostInFlight = Math.max(mostInFlight, Math.ceil(load.maxInFlight / vus))
    scenarios[partOf.load(index)] = {
      executor: 'per-vu-iterations',
      exec: 'load',
      vus,
      iterations: 1,
      // From the beginning, whenever the first request is due: then nobody has to be woken in time.
      startTime: '0s',
      maxDuration: `${Math.max(shortestMs, Math.ceil(plan.deadlineMs))}ms`,
      gracefulStop,
    }
  }
  return {
    scenarios,
    noConnectionReuse: lane === 'fresh',
    batch: mostInFlight,
    batchPerHost: mostInFlight,
    maxRedirects: 0,
    systemTags: [],
    setupTimeout: '60s',
    userAgent: 'Onset (load test of a rate limit)',
  }
}
