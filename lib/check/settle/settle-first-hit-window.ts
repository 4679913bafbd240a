import { keepMore, lackingAtEnd, refusalAfterEnd } from './first-hit-refusals.ts'
import { type Done, reachFurther, repairBefore, startLater } from './first-hit-repairs.ts'
import { inOrder, type Limiter, type Settled, type User, usersInOrder } from './settle.ts'
import { pullIn, refusalsOf, settleWindow } from './settle-window.ts'

/** How often windows may be gone through again, on average, before that is left to the next round. */
const mostRepeats = 8

/** How often one window may be put right: what two windows cannot both have is not found by going on. */
const mostRepairs = 32

/**
 * Meets the demands of a first-hit window, each window starting at its first user. A window that can only
 * be put right by moving users of it, or of those before, is gone through again from there: what came
 * earlier is not touched by that.
 */
export function settleFirstHitWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const refusals = refusalsOf(limiter)
  const users = usersInOrder(limiter, atUs)
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
    const startUs = (users[from] as User).atUs
    const endUs = startUs + windowUs
    let to = from
    while (to < users.length && (users[to] as User).atUs < endUs) to++
    const inside = users.slice(from, to)
    let again: number | undefined
    const settled = settleWindow(limiter, atUs, startUs, endUs, inside, refusals)
    if (settled.settled === 'taken-back') return 'changed'
    if (settled.settled === 'impossible' || settled.missingUnits > 0) {
      if (!mayRepair(done.length)) return 'impossible'
      again = repairBefore(limiter, done, inside, startUs, settled, atUs)
      if (again === undefined) return 'impossible'
    } else {
      if (settled.settled === 'changed') {
        changed = true
        sortWithin(users, from, to)
      }
      // All of them come after the end now: the window starts later.
      if (settled.inside.length === 0) continue
      done.push({ from, inside: settled.inside })
      const next = from + settled.inside.length
      const late = refusalAfterEnd(limiter, refusals, endUs, users, next)
      if (late === undefined) {
        const lackingUnits = lackingAtEnd(limiter, refusals, endUs, settled.inside, users, next)
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
    sortWithin(users, from, to)
  }
  return changed ? 'changed' : 'unchanged'
}

/** Puts the users from one place to another, the only ones that were moved, in order again. */
function sortWithin(users: User[], from: number, to: number): void {
  const sorted = inOrder(users.slice(from, to))
  for (let k = 0; k < sorted.length; k++) users[from + k] = sorted[k] as User
}
