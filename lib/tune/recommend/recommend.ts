import type { Replayed } from '../tally.ts'
import { choose, frontierOf, nearestTo, type Rule, ranked, ruleOf } from './choose.ts'
import type { Objective } from './objective.ts'
import type { AskedDay } from './quiet.ts'
import { type Sensitivity, sensitivityOf } from './sensitivity.ts'
import { type Shortfall, shortfallsOf, type Weighed, weigh } from './weigh.ts'

/** A candidate as it is held against an objective. */
export interface Option extends Weighed {
  shortfalls: Shortfall[]
  /** Does no other candidate beat it? */
  onFrontier: boolean
}

/** What came of holding candidates against an objective. Candidates are named by their positions. */
export type Recommendation = { options: Option[] } & (
  | {
      kind: 'chosen'
      chosen: number
      rule: Rule
      /** On the frontier, the next that lets less through at once, and the next that lets more through. */
      tighter?: number
      wider?: number
      sensitivity: Sensitivity
    }
  | { kind: 'none'; nearest: number; sensitivity: Sensitivity }
  /** The objective speaks of quiet descriptors, and there are none. */
  | { kind: 'cannot-tell' }
)

/**
 * Holds candidates against an objective.
 * @param replayed with the stretches of `measuresFor`.
 * @param random numbers from 0 to 1, made of `seed`, for the draws of days.
 */
export function recommend(
  replayed: readonly Replayed[],
  asked: readonly AskedDay[],
  objective: Objective,
  seed: number,
  random: () => number,
): Recommendation {
  const once = asked.map(() => 1)
  const all = replayed.map((each) => weigh(each, asked, once))
  const frontier = frontierOf(all)
  const options = all.map((weighed, index) => ({
    ...weighed,
    shortfalls: shortfallsOf(weighed, objective),
    onFrontier: frontier.includes(index),
  }))
  if (objective.quietRefused !== undefined && asked.every(({ quiet }) => quiet === 0)) {
    return { kind: 'cannot-tell', options }
  }
  const sensitivity = sensitivityOf(replayed, asked, objective, seed, random)
  const chosen = choose(all, objective)
  if (chosen === undefined) return { kind: 'none', options, nearest: nearestTo(all, objective), sensitivity }
  return {
    kind: 'chosen',
    options,
    chosen,
    rule: ruleOf(objective),
    ...neighbours(all, frontier, chosen),
    sensitivity,
  }
}

function neighbours(all: readonly Weighed[], frontier: readonly number[], chosen: number) {
  const { worst } = all[chosen] as Weighed
  const worstOf = (index: number) => (all[index] as Weighed).worst
  const below = frontier.filter((index) => worstOf(index) < worst)
  const above = frontier.filter((index) => worstOf(index) > worst)
  const closest = below.filter((index) => worstOf(index) === Math.max(...below.map(worstOf)))
  return { tighter: ranked(all, closest, 'refuses-least')[0], wider: above[0] }
}
