import type { Replayed } from '../tally.ts'
import { choose } from './choose.ts'
import type { Objective } from './objective.ts'
import type { AskedDay } from './quiet.ts'
import { weigh } from './weigh.ts'

/** How much the choice hangs on which days were recorded. */
export type Sensitivity =
  | { kind: 'told'; seed: number; draws: number; days: number; choices: Choice[] }
  | { kind: 'cannot-tell'; days: number; daysNeeded: number }

/**
 * What was chosen in a share of the draws: a candidate's position, or undefined where none met the
 * objective.
 */
export interface Choice {
  candidate: number | undefined
  share: number
}

/** Of fewer days than this, too few different ones can be drawn: 126 of 5, 35 of 4. */
const daysNeeded = 5

/** A share is then within 0.03 of what more draws would say, 19 times in 20. */
const draws = 1_000

/**
 * Chooses again and again among the same candidates, for as many days as were recorded, drawn from those
 * with replacement (the bootstrap: B. Efron, The Annals of Statistics 7, 1979). Days that are alike by
 * chance, such as working days and Sundays, are taken for draws of one kind, and a day worse than all that
 * were recorded never comes.
 * @param random numbers from 0 to 1, made of `seed`.
 */
export function sensitivityOf(
  replayed: readonly Replayed[],
  asked: readonly AskedDay[],
  objective: Objective,
  seed: number,
  random: () => number,
): Sensitivity {
  const days = asked.length
  if (days < daysNeeded) return { kind: 'cannot-tell', days, daysNeeded }
  const chosen = new Map<number | undefined, number>()
  for (let draw = 0; draw < draws; draw++) {
    const times = new Uint16Array(days)
    for (let drawn = 0; drawn < days; drawn++) {
      const day = Math.floor(random() * days)
      times[day] = (times[day] as number) + 1
    }
    const all = replayed.map((each) => weigh(each, asked, times))
    const candidate = choose(all, objective)
    chosen.set(candidate, (chosen.get(candidate) ?? 0) + 1)
  }
  const choices = [...chosen].map(([candidate, count]) => ({ candidate, share: count / draws }))
  return { kind: 'told', seed, draws, days, choices: choices.sort((one, other) => other.share - one.share) }
}
