import { type Load, peakPerSecond } from '../plan/load.ts'
import type { Plan } from '../plan/plan.ts'
import type { PaceBounds } from './pace.ts'

/**
 * So much one virtual user sends without being late by itself: half of what keeps one core busy. Fewer
 * users are better than many, since each that wakes up costs time: of 4,000 requests a second on two
 * cores, one in a hundred was 1.5 ms late or later with 2 users, and 2.4 ms with 8.
 */
const perUserPerSecond = 2_000

const mostUsers = 8

/** How many virtual users share a load: one alone where a ration is to be kept, of which none could know. */
export function usersOf({ rations = [] }: Plan, load: Load): number {
  const isRationed = load.descriptors.some((name) => rations.some((each) => each.descriptors.includes(name)))
  if (isRationed) return 1
  return Math.max(1, Math.min(mostUsers, load.maxInFlight, Math.ceil(peakPerSecond(load) / perUserPerSecond)))
}

/**
 * What one of the virtual users of a load may do: its part of the schedule, and its part of what the load
 * may have in flight and the plan may send in a second, so that all of them together never pass either.
 * @param user counted from 0.
 */
export function boundsOf(plan: Plan, load: Load, user: number): PaceBounds {
  const of = usersOf(plan, load)
  const peaks = (plan.loads ?? []).reduce((sum, each) => sum + peakPerSecond(each), 0)
  const left = Math.max(0, plan.maxRatePerSecond - besideLoadsPerSecond(plan))
  const ofLoad = peaks === 0 ? 0 : (left * peakPerSecond(load)) / peaks
  return {
    first: user,
    of,
    maxInFlight: shareOf(load.maxInFlight, user, of),
    maxPerSecond: shareOf(ofLoad, user, of),
    deadlineMs: plan.deadlineMs,
    rations: plan.rations,
  }
}

/** The most that the fills and watches of a plan send in a second. */
export function besideLoadsPerSecond({ fills, watches }: Plan): number {
  const ofWatches = watches.map(({ maxRatePerSecond, gauges }) => {
    const ofGauges = gauges.map(({ ratePerSecond, probeEveryMs }) => ratePerSecond + 1000 / probeEveryMs)
    return maxRatePerSecond ?? ofGauges.reduce((sum, rate) => sum + rate, 0)
  })
  return [...fills.map(({ ratePerSecond }) => ratePerSecond), ...ofWatches].reduce(
    (sum, rate) => sum + rate,
    0,
  )
}

/** Whole parts that add up to no more than the whole: the first get one more where it cannot be divided. */
function shareOf(total: number, user: number, of: number): number {
  return Math.floor((Math.floor(total) + of - 1 - user) / of)
}
