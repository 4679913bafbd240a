import type { Allowance } from '../order/allowance.ts'
import type { LogSchedule } from './log-schedule.ts'
import { type Move, movesFor } from './moves.ts'

/** The work of looking for moves, at least. */
const aLook = 20

/** So many moves are tried for one request. */
const mostTried = 24

/** After so many steps in vain, what was moved is left alone for some steps, and for up to so many more. */
const restsAfter = 1_000
const restingSteps = 3
const moreAtRandom = 8

/** So many steps may come to nothing in a row. */
const mostInVain = 4_000

/**
 * Puts violated requests right one by one, each by what leaves the fewest others violated: where that helps none, it
 * weighs more from then on, so that others make way for it. What is done about one changes little beside it,
 * so a long history takes as much longer as it has more places to mend.
 * @returns whether none is left. That some are proves nothing.
 */
export function mend(schedule: LogSchedule, random: () => number, allowance: Allowance): boolean {
  const { violated } = schedule
  const restsUntil = new Map<number, number>()
  const begun = schedule.work
  let least = violated.size
  let leastAt = 0
  for (let step = 1; violated.size > 0 && step - leastAt <= mostInVain; step++) {
    if (schedule.work - begun >= allowance.left) break
    schedule.work += aLook
    const i = violated.pick(random())
    const before = violated.weight
    let best: Move | undefined
    let bestWeight = Number.POSITIVE_INFINITY
    for (const move of movesFor(schedule, i, random).slice(0, mostTried)) {
      const back = apply(schedule, move)
      const { weight } = violated
      // Where steps go round in circles, resting ends that; before, it only keeps from what is best.
      const isResting =
        step - leastAt > restsAfter && move.some(({ request }) => (restsUntil.get(request) ?? 0) > step)
      const isBetter = weight < bestWeight || (weight === bestWeight && random() < 0.5)
      if (isBetter && (!isResting || violated.size < least)) {
        best = move
        bestWeight = weight
      }
      apply(schedule, back)
    }
    if (bestWeight >= before) violated.weigh(i)
    if (!best) continue
    apply(schedule, best)
    for (const { request } of best) {
      restsUntil.set(request, step + restingSteps + Math.floor(random() * moreAtRandom))
    }
    if (violated.size >= least) continue
    least = violated.size
    leastAt = step
  }
  allowance.left -= schedule.work - begun
  return violated.size === 0
}

/** Moves requests. Returns what takes it back. */
function apply(schedule: LogSchedule, move: Move): Move {
  const back: { request: number; toUs: number }[] = []
  for (const { request, toUs } of move) {
    back.push({ request, toUs: schedule.atUs[request] as number })
    schedule.move(request, toUs)
  }
  return back.reverse()
}
