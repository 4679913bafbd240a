import { isSurelyBucket, type Limit } from '../spec/index.ts'
import type { PlanOptions } from './make-plan.ts'
import type { Fill, Gauge, Plan, RequestKind, WatchPlan } from './plan.ts'
import { probesOf, windowsForSparserProbes } from './probes.ts'

/** Filling takes at least this share of a window, so that a small server can follow … */
const shortestFill = 1 / 50
/** … and at most this one, so that filling stays short against the window. */
const longestFill = 1 / 10
/** Rates that a small server follows easily; within the shares above. */
const gentlePerSecond = { alert: 50, list: 20, request: 20 }
/** An unknown phase takes two boundaries; the rest is for filling. */
const fullRunWindows = 2.2
const quickRunWindows = 1.1
const confirmRefusals = 6
/**
 * A bucket that is refilled all the time has no window to be seen from end to end. What flows in shows soon, and the longer it takes, the more
 * the clock strays, which is what buckets that differ by one are told apart by.
 */
const bucketWindows = 0.4
/** Requests of one fill beyond its limit, as a factor: a boundary inside the burst doubles it. */
export const fillFactor = 2.2

/** How many windows limits are fired at for, at the most: by the one that takes longest to watch. */
export function windowsOf({ windows, quick }: PlanOptions, limits: readonly Limit[]): number {
  if (windows !== undefined) return windows
  if (quick) return quickRunWindows
  return fullRunWindows + Math.max(0, ...limits.map(windowsForSparserProbes))
}

/** How fast a limit is filled where nobody says otherwise, a second. */
export function gentleRate({ limit, window }: Limit, kind: RequestKind): number {
  const share = limit / (gentlePerSecond[kind] * (window / 1000))
  const fillMs = window * Math.min(longestFill, Math.max(shortestFill, share))
  return Math.ceil((limit * 1000) / fillMs)
}

/** What fills a limit through many others takes at most this share of its window: what came first still counts at the end. */
const longestFillThroughOthers = 1 / 4

/**
 * How fast a limit is filled at least through others that let through so many each, a second: where these are small,
 * what fills them is slow against it, and of what is sent much only shows that one of them is full.
 */
export function rateThroughOthers({ limit, window }: Limit, each: number): number {
  const sent = limit * (1 + confirmRefusals / each)
  return Math.ceil((sent * 1000) / (window * longestFillThroughOthers))
}

/** A limit as a watch brings it to its onset, through these descriptors. */
export function gauge(of: Limit, fillers: string[], ratePerSecond: number): Gauge {
  const { scope, limit, window } = of
  return {
    scope,
    limit,
    windowMs: window,
    fillers,
    ratePerSecond,
    ...probesOf(of),
    confirmRefusals,
    maxFill: Math.ceil(fillFactor * limit) + 10 * confirmRefusals,
    ...(isSurelyBucket(of) && of.refillEvery === undefined && { windowsApart: bucketWindows }),
  }
}

/** The burst by which a limit is met first: a few more than it lets through. */
export function openingFill(descriptor: string, { limit }: Limit, ratePerSecond: number): Fill {
  return {
    descriptor,
    ratePerSecond,
    count: limit + confirmRefusals,
    startMs: 0,
    maxInFlight: inFlightAt(ratePerSecond),
  }
}

/** When the last request of a fill has been sent. */
export function endOfFillMs({ startMs, count, ratePerSecond }: Fill): number {
  return startMs + Math.ceil((count * 1000) / ratePerSecond) + 1
}

/** So often a limit is filled where nobody says otherwise: at first, and after each of two recoveries. */
const usualFillings = 3

/** The watch over these gauges from one instant to another. @param fillings so often each is filled at most. */
export function watch(
  name: string,
  gauges: Gauge[],
  startMs: number,
  deadlineMs: number,
  fillings = usualFillings,
): WatchPlan {
  const probes = sum(gauges.map(({ probeEveryMs }) => Math.ceil((deadlineMs - startMs) / probeEveryMs)))
  return {
    name,
    gauges,
    startMs,
    deadlineMs,
    maxInFlight: inFlightAt(Math.max(...gauges.map(({ ratePerSecond }) => ratePerSecond))),
    maxRequests: probes + sum(gauges.map(({ maxFill }) => fillings * maxFill)),
  }
}

function inFlightAt(ratePerSecond: number): number {
  return Math.min(500, Math.max(20, Math.ceil(ratePerSecond)))
}

/**
 * The plan that these parts make up, with its ceilings.
 * @param windowMs the longest window of its limits.
 */
export function planOf({
  windowMs,
  ...parts
}: Pick<Plan, 'descriptors' | 'fills' | 'watches' | 'deadlineMs'> & { windowMs: number }): Plan {
  const { fills, watches } = parts
  return {
    ...parts,
    requestTimeoutMs: Math.min(10_000, Math.max(500, Math.floor(windowMs / 4))),
    maxRequests: sum(fills.map(({ count }) => count)) + sum(watches.map(({ maxRequests }) => maxRequests)),
    maxRatePerSecond: Math.ceil(
      sum(watches.map(({ gauges }) => sum(gauges.map((g) => g.ratePerSecond + 1000 / g.probeEveryMs)))),
    ),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
