import type { Replayed } from '../tally.ts'
import type { Objective } from './objective.ts'
import type { AskedDay } from './quiet.ts'

/** What a candidate comes to over some days. Counts are of requests, worst stretches of units. */
export interface Weighed {
  asked: number
  refused: number
  quietAsked: number
  quietRefused: number
  /** In any stretch by which candidates are held against each other: the less, the better they protect. */
  worst: number
  /** In the stretches of the objective's ceilings. */
  worstOfCeilings: number[]
}

/**
 * A candidate over days, each taken so many times. A stretch that began in the day before counts for the day
 * in which it ended.
 */
export function weigh(
  { days }: Pick<Replayed, 'days'>,
  asked: readonly AskedDay[],
  times: ArrayLike<number>,
): Weighed {
  const sum: Weighed = {
    asked: 0,
    refused: 0,
    quietAsked: 0,
    quietRefused: 0,
    worst: 0,
    worstOfCeilings: (days[0]?.worst ?? []).slice(1).map(() => 0),
  }
  asked.forEach((ofDay, index) => {
    const drawn = times[index] as number
    const day = days[index]
    if (drawn === 0 || day === undefined) return
    sum.asked += drawn * ofDay.asked
    sum.refused += drawn * day.refused
    sum.quietAsked += drawn * ofDay.quiet
    sum.quietRefused += drawn * day.quietRefused
    sum.worst = Math.max(sum.worst, day.worst[0] as number)
    sum.worstOfCeilings = sum.worstOfCeilings.map((worst, at) => Math.max(worst, day.worst[at + 1] as number))
  })
  return sum
}

/** By how much a part of the objective is missed. Shares are from 0 to 1. */
export type Shortfall =
  | { of: 'quiet-refused'; found: number; most: number }
  | { of: 'ceiling'; ceiling: number; found: number; most: number }

/** All parts of the objective that are missed. No request of a quiet descriptor is a share of 0. */
export function shortfallsOf(weighed: Weighed, { quietRefused, ceilings }: Objective): Shortfall[] {
  const share = weighed.quietAsked === 0 ? 0 : weighed.quietRefused / weighed.quietAsked
  const quiet: Shortfall[] =
    quietRefused !== undefined && share > quietRefused
      ? [{ of: 'quiet-refused', found: share, most: quietRefused }]
      : []
  return [
    ...quiet,
    ...ceilings.flatMap(({ most }, ceiling): Shortfall[] => {
      const found = weighed.worstOfCeilings[ceiling] as number
      return found > most ? [{ of: 'ceiling', ceiling, found, most }] : []
    }),
  ]
}
