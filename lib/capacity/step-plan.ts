import {
  busiestSecond,
  endOfLoadMs,
  type Load,
  type Plan,
  type PlannedDescriptor,
  type Profile,
  scheduleOf,
} from '../plan/index.ts'
import type { Firing } from './find-capacity.ts'
import type { Objective } from './objective.ts'

/** What the firings of a search have in common. */
export interface Traffic {
  /** Sent for in turn; one may stand there several times. */
  descriptors: PlannedDescriptor[]
  /** The shape of a firing: its stages at a rate, over a time. */
  shape: Profile
  arrivals: Load['arrivals']
  /** Each firing has arrivals of its own. */
  seed: number
}

/** Time for the client to be ready, before anything is due. */
const startMs = 500

/** A latency this many times the bound is as good as none. */
const hopeless = 10

/** In flight as many as the rate brings within this many times the bound: more is a target that fails. */
const inFlightBounds = 5

/** The longest that is waited for an answer where there is no bound to go by. */
const patienceMs = 10_000

/**
 * The plan of one firing.
 * @param number of the firing within the search, counted from 0.
 */
export function stepPlan(
  traffic: Traffic,
  objective: Objective,
  { ratePerSecond, durationMs }: Firing,
  number: number,
): Plan {
  const { descriptors, shape, arrivals, seed } = traffic
  const boundMs = Math.max(0, ...objective.latency.map((bound) => bound.boundMs))
  const requestTimeoutMs = boundMs === 0 ? patienceMs : Math.min(60_000, Math.max(2_000, hopeless * boundMs))
  const inFlight = (ratePerSecond * inFlightBounds * (boundMs || patienceMs / inFlightBounds)) / 1000
  const load: Load = {
    descriptors: descriptors.map(({ name }) => name),
    stages: shape(ratePerSecond, Math.round(durationMs)),
    arrivals,
    seed: seed + number,
    startMs,
    maxInFlight: Math.round(Math.min(5_000, Math.max(100, inFlight))),
    keepsConnections: true,
  }
  const schedule = scheduleOf(load)
  return {
    descriptors: [...new Map(descriptors.map((each) => [each.name, each])).values()],
    fills: [],
    watches: [],
    loads: [load],
    deadlineMs: Math.ceil(endOfLoadMs(load)) + requestTimeoutMs,
    requestTimeoutMs,
    maxRequests: schedule.length,
    // Room for what a pause of the client has delayed.
    maxRatePerSecond: Math.ceil(busiestSecond(schedule) * 1.2) + 10,
  }
}
