import type { Objective } from './objective.ts'
import { type Shortfall, shortfallsOf, type Weighed } from './weigh.ts'

/**
 * What decides among the candidates that meet the objective: where it bounds refusals, the one that
 * protects most; where it only bounds what is let through, the one that refuses least.
 */
export type Rule = 'protects-most' | 'refuses-least'

/** The rule that an objective asks for. */
export function ruleOf({ quietRefused }: Objective): Rule {
  return quietRefused === undefined ? 'refuses-least' : 'protects-most'
}

/** What is better when it is less, what decides first coming first. */
type Order = readonly ((weighed: Weighed) => number)[]

const orders: Record<Rule, Order> = {
  'protects-most': [({ worst }) => worst, ({ quietRefused }) => quietRefused, ({ refused }) => refused],
  'refuses-least': [({ quietRefused }) => quietRefused, ({ refused }) => refused, ({ worst }) => worst],
}

/** Positions of candidates, the best first; where nothing tells two apart, in the order of the list. */
export function ranked(all: readonly Weighed[], positions: readonly number[], rule: Rule): number[] {
  return positions.toSorted((one, other) => compare(all[one] as Weighed, all[other] as Weighed, orders[rule]))
}

function compare(one: Weighed, other: Weighed, order: Order): number {
  for (const of of order) {
    const difference = of(one) - of(other)
    if (difference !== 0) return difference
  }
  return 0
}

/** The position of the candidate that an objective asks for; undefined where none meets it. */
export function choose(all: readonly Weighed[], objective: Objective): number | undefined {
  const meeting = all.flatMap((weighed, index) =>
    shortfallsOf(weighed, objective).length === 0 ? [index] : [],
  )
  return ranked(all, meeting, ruleOf(objective))[0]
}

/**
 * The candidate that comes closest where none meets the objective: the part that it misses by the largest
 * factor, it misses by less than the others do; of several, the one that refuses least.
 */
export function nearestTo(all: readonly Weighed[], objective: Objective): number {
  const factor = ({ found, most }: Shortfall) => found / most
  const misses = all.map((weighed) => Math.max(0, ...shortfallsOf(weighed, objective).map(factor)))
  const least = misses.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
  const closest = misses.flatMap((each, index) => (each === least ? [index] : []))
  return ranked(all, closest, 'refuses-least')[0] as number
}

/**
 * The candidates that no other beats: each of those lets more through at once, refuses more, or refuses more
 * to quiet descriptors. Of several that come to the same, the first. The most protective comes first.
 */
export function frontierOf(all: readonly Weighed[]): number[] {
  const order = orders['protects-most']
  const positions = all.flatMap((one, index) =>
    all.some((other, at) => beats(other, one, order) || (at < index && compare(other, one, order) === 0))
      ? []
      : [index],
  )
  return ranked(all, positions, 'protects-most')
}

function beats(one: Weighed, other: Weighed, order: Order): boolean {
  return order.every((of) => of(one) <= of(other)) && order.some((of) => of(one) < of(other))
}
