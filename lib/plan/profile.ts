import type { History } from '../history/history.ts'
import type { LoadStage } from './load.ts'

/**
 * The shape of a load over time, from the rate that it stands on and how long it takes: stages that take
 * exactly so long. Rates grow with the rate, but for what a storm adds.
 */
export type Profile = (ratePerSecond: number, durationMs: number) => LoadStage[]

/** The rate, all the time. */
export const steady: Profile = (ratePerSecond, durationMs) => [flat(ratePerSecond, durationMs)]

/** From nothing to the rate, evenly. */
export const ramp: Profile = (ratePerSecond, durationMs) => [
  { durationMs, fromPerSecond: 0, toPerSecond: ratePerSecond },
]

/** So many times the rate comes in a spike. */
export const spikeFactor = 5

/** The rate; five times as much, from one moment to the next, for a fifth of the time; and the rate again. */
export const spike: Profile = (ratePerSecond, durationMs) => [
  flat(ratePerSecond, 0.4 * durationMs),
  flat(spikeFactor * ratePerSecond, 0.2 * durationMs),
  flat(ratePerSecond, 0.4 * durationMs),
]

/** Who sends at once when a storm breaks. */
export interface Storm {
  /** As many send, one alert each; a load sends for its descriptors in turn, so give it as many. */
  sources: number
  /** How long it takes until the last of them has; at most half of what is left of the load. */
  withinMs: number
}

/**
 * A datacentre goes down: on top of the rate, every source sends an alert within a moment, a quarter of
 * the way in. Default: 200 sources within a second.
 */
export function storm({ sources, withinMs }: Storm = { sources: 200, withinMs: 1_000 }): Profile {
  return (ratePerSecond, durationMs) => {
    const beforeMs = durationMs / 4
    const burstMs = Math.min(withinMs, (durationMs - beforeMs) / 2)
    return [
      flat(ratePerSecond, beforeMs),
      flat(ratePerSecond + (1000 * sources) / burstMs, burstMs),
      flat(ratePerSecond, durationMs - beforeMs - burstMs),
    ]
  }
}

/** The longest that a soak takes to reach its rate. */
const longestRiseMs = 60_000

/** The rate, for long: risen to over a twentieth of the time, a minute at most, so that caches and pools fill. */
export const soak: Profile = (ratePerSecond, durationMs) => {
  const riseMs = Math.min(longestRiseMs, durationMs / 20)
  return [
    { durationMs: riseMs, fromPerSecond: 0, toPerSecond: ratePerSecond },
    flat(ratePerSecond, durationMs - riseMs),
  ]
}

/** The profiles that have a name. */
export const profiles = { steady, ramp, spike, storm: storm(), soak } satisfies Record<string, Profile>
export type ProfileName = keyof typeof profiles

/**
 * The shape of what was recorded, as stages to be sent again: from the first request on, each span of
 * `binMs` has the mean rate that it had, times the factor; spans alike are one stage. What the recording
 * says was dropped was not sent, and is not in it. Empty for a history without requests.
 * @param factor above 0; 1 is as many as there were.
 */
export function profileOf(history: History, factor: number, binMs: number): LoadStage[] {
  if (!(factor > 0 && binMs > 0)) {
    throw new RangeError(`a factor and a span are above 0, got ${factor} and ${binMs}`)
  }
  const sentUs = history.sentUs.subarray(0, history.count)
  const firstUs = sentUs.reduce((first, us) => Math.min(first, us), Number.POSITIVE_INFINITY)
  const counts = new Map<number, number>()
  for (const us of sentUs) {
    const bin = Math.floor((us - firstUs) / (1000 * binMs))
    counts.set(bin, (counts.get(bin) ?? 0) + 1)
  }
  const stages: LoadStage[] = []
  const add = (ratePerSecond: number, bins: number): void => {
    const last = stages.at(-1)
    if (last?.toPerSecond === ratePerSecond) last.durationMs += bins * binMs
    else if (bins > 0) stages.push(flat(ratePerSecond, bins * binMs))
  }
  let next = 0
  for (const [bin, count] of [...counts].sort(([one], [other]) => one - other)) {
    add(0, bin - next)
    add((1000 * factor * count) / binMs, 1)
    next = bin + 1
  }
  return stages
}

function flat(ratePerSecond: number, durationMs: number): LoadStage {
  return { durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }
}
