import type { SpecCeiling } from '../spec/index.ts'
import { openedByWatches } from './opened-by-watches.ts'
import type { Gauge, Plan, WatchPlan } from './plan.ts'

/** Filling that takes longer than this share of a window says little about the window. */
const longestFill = 1 / 4

/**
 * The plan as it works under the ceilings that somebody set: its rates and its most requests are
 * shared out among the watches, which also send the opening bursts, so that each can keep to its own.
 * @returns the plan, or, in words, what is set too low and how much is needed at least.
 */
export function underCeiling(
  plan: Plan,
  { requests, ratePerSecond }: SpecCeiling,
): { ok: true; plan: Plan } | { ok: false; why: string[] } {
  if (requests === undefined && ratePerSecond === undefined) return { ok: true, plan }
  const opened = openedByWatches(plan, () => true)
  const rated =
    ratePerSecond === undefined ? opened.watches : slowed(opened.watches, Math.floor(ratePerSecond))
  const capped = requests === undefined ? rated : fewer(rated, requests, opened)
  const why: string[] = []
  if (rated.length === 0) {
    const needed = sum(opened.watches.map(leastRate))
    why.push(
      `ceiling.ratePerSecond: expected ${needed} at least, so that every limit can be filled within its window`,
    )
  }
  if (requests !== undefined && fewer(opened.watches, requests, opened).length === 0) {
    const needed = sum(opened.watches.map(leastRequests)) + fillsOf(opened)
    why.push(
      `ceiling.requests: expected ${needed} at least, so that every limit can be filled twice and watched`,
    )
  }
  if (why.length > 0) return { ok: false, why }
  return {
    ok: true,
    plan: {
      ...opened,
      watches: capped,
      maxRequests: fillsOf(opened) + sum(capped.map(({ maxRequests }) => maxRequests)),
      maxRatePerSecond: Math.min(
        opened.maxRatePerSecond,
        sum(capped.map((watch) => watch.maxRatePerSecond ?? opened.maxRatePerSecond)),
      ),
    },
  }
}

/** Each watch with its share of a rate; empty where one would get less than it needs. */
function slowed(watches: readonly WatchPlan[], total: number): WatchPlan[] {
  const wanted = watches.map(({ gauges }) =>
    sum(gauges.map((each) => each.ratePerSecond + probesPerSecond(each))),
  )
  const least = watches.map(leastRate)
  const spare = total - sum(least)
  if (spare < 0) return []
  const beyond = wanted.map((want, index) => Math.max(0, want - (least[index] as number)))
  return watches.map((watch, index) => {
    const share = sum(beyond) === 0 ? 0 : (beyond[index] as number) / sum(beyond)
    const maxRatePerSecond = Math.floor(
      Math.min(Math.ceil(wanted[index] as number), (least[index] as number) + spare * share),
    )
    const forFilling = maxRatePerSecond - sum(watch.gauges.map(probesPerSecond))
    const gauges = watch.gauges.map((each) => ({
      ...each,
      ratePerSecond: Math.min(each.ratePerSecond, forFilling),
    }))
    return { ...watch, gauges, maxRatePerSecond }
  })
}

/** Each watch with its share of so many requests; empty where one would get fewer than it needs. */
function fewer(watches: readonly WatchPlan[], requests: number, plan: Plan): WatchPlan[] {
  const total = requests - fillsOf(plan)
  const least = watches.map(leastRequests)
  const spare = total - sum(least)
  if (spare < 0) return []
  const beyond = watches.map(({ maxRequests }, index) => Math.max(0, maxRequests - (least[index] as number)))
  return watches.map((watch, index) => {
    const share = sum(beyond) === 0 ? 0 : (beyond[index] as number) / sum(beyond)
    const most = Math.floor((least[index] as number) + spare * share)
    return { ...watch, maxRequests: Math.min(watch.maxRequests, most) }
  })
}

/** The lowest rate at which the gauges of a watch can be filled within a share of their window, and probed. */
function leastRate({ gauges }: WatchPlan): number {
  const filling = Math.max(...gauges.map(({ limit, windowMs }) => (limit * 1000) / (longestFill * windowMs)))
  return Math.ceil(filling + sum(gauges.map(probesPerSecond)))
}

/** Two fillings, confirmed, and probes to the deadline. */
function leastRequests({ gauges, startMs, deadlineMs, maxRequests }: WatchPlan): number {
  const needed = gauges.map(
    ({ limit, confirmRefusals, probeEveryMs }) =>
      2 * (limit + confirmRefusals) + Math.ceil((deadlineMs - startMs) / probeEveryMs),
  )
  return Math.min(maxRequests, sum(needed))
}

function probesPerSecond({ probeEveryMs }: Gauge): number {
  return 1000 / probeEveryMs
}

function fillsOf({ fills }: Plan): number {
  return sum(fills.map(({ count }) => count))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
