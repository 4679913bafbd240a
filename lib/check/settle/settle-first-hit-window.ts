import { keepMore, lackingAtEnd, refusalAfterEnd } from './first-hit-refusals.ts'
import { type Done, reachFurther, repairBefore, startLater, unitsOf } from './first-hit-repairs.ts'
import { giveBackUses, type Limiter, type Settled, usesInOrder } from './settle.ts'
import { isMet, pullIn, refusalsOf, settleWindow } from './settle-window.ts'
import { UserLine } from './user-line.ts'

/** How often windows may be gone through again, on average, before that is left to the next round. */
const mostRepeats = 8

/** How often one window may be put right: what two windows cannot both have is not found by going on. */
const mostRepairs = 32

/**
 * Meets the demands of a first-hit window, each window starting at its first user. A window that can only
 * be put right by moving users of it, or of those before, is gone through again from there: what came
 * earlier is not touched by that. No more than the users of a few windows are made at a time.
 */
export function settleFirstHitWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { evidence, hypothesis } = limiter
  const { windowUs, limit } = hypothesis
  const { unitCost = Number.NaN } = evidence
  const refusals = refusalsOf(limiter)
  const uses = usesInOrder(evidence, atUs)
  limiter.settledUses = undefined
  const users = new UserLine(limiter, uses, atUs)
  const done: Done[] = []
  let from = 0
  let changed = false
  let steps = 0
  const repairs = new Map<number, number>()
  const mayRepair = (window: number): boolean => {
    const repaired = (repairs.get(window) ?? 0) + 1
    repairs.set(window, repaired)
    return repaired <= mostRepairs
  }
  while (from < users.length) {
    if (++steps > mostRepeats * (done.length + 100)) return 'changed'
    const startUs = uses.times[from] as number
    const endUs = startUs + windowUs
    let to = from
    while (to < users.length && (uses.times[to] as number) < endUs) to++
    let again: number | undefined
    let next = to
    let units = (to - from) * unitCost
    // Most windows need nothing done, and nobody in them made for that.
    const isDone = isMet(evidence, refusals, startUs, endUs, limit, units, uses.times[to - 1])
    const inside = isDone ? [] : users.within(from, to)
    const settled = isDone ? undefined : settleWindow(limiter, atUs, startUs, endUs, inside, refusals)
    if (settled?.settled === 'taken-back') return 'changed'
    if (settled && (settled.settled === 'impossible' || settled.missingUnits > 0)) {
      if (!mayRepair(done.length)) return 'impossible'
      again = repairBefore(limiter, done, inside, startUs, settled, atUs)
      if (again === undefined) return 'impossible'
    } else {
      if (settled?.settled === 'changed') {
        changed = true
        users.sortWithin(from, to)
      }
      if (settled) {
        // All of them come after the end now: the window starts later.
        if (settled.inside.length === 0) continue
        next = from + settled.inside.length
        units = unitsOf(settled.inside)
      }
      done.push(users.window(from, next))
      const late = refusalAfterEnd(limiter, refusals, endUs, users, next)
      if (late === undefined) {
        const lackingUnits = lackingAtEnd(limiter, refusals, endUs, units, users, next)
        if (lackingUnits > 0 && mayRepair(done.length - 1)) {
          const before = done[done.length - 2]
          if (before && pullIn(before.inside, startUs, lackingUnits, atUs)) again = done.length - 2
          else if (keepMore(limiter, lackingUnits, startUs, endUs, users, next, atUs)) return 'changed'
          else again = reachFurther(limiter, done, lackingUnits, users, next, atUs)
        }
        if (again === undefined) from = next
      } else {
        // The window must still be open when it refuses: start it later.
        again = startLater(limiter, done, done.length - 1, late - windowUs + 1, atUs)
        if (again === undefined) return 'impossible'
      }
    }
    if (again === undefined) continue
    changed = true
    from = (done[again] as Done).from
    done.length = again
    users.sortWithin(from, to)
  }
  if (changed) giveBackUses(uses)
  else limiter.settledUses = uses
  return changed ? 'changed' : 'unchanged'
}
