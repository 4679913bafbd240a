import { firstAtLeast } from './search.ts'
import { type Limiter, type Settled, type User, usersInOrder } from './settle.ts'
import { pullIn, type Refusals, refusalsOf, settleWindow } from './settle-window.ts'

/** Meets the demands of a first-hit window, each window starting at its first user. */
export function settleFirstHitWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const refusals = refusalsOf(limiter)
  const users = usersInOrder(limiter, atUs)
  let next = 0
  let before: User[] = []
  let carried: User[] = []
  let changed = false
  while (next < users.length || carried.length > 0) {
    const startUs = Math.min(
      carried[0]?.atUs ?? Number.POSITIVE_INFINITY,
      users[next]?.atUs ?? Number.POSITIVE_INFINITY,
    )
    const endUs = startUs + windowUs
    const inside = carried
    while (next < users.length && (users[next] as User).atUs < endUs) inside.push(users[next++] as User)
    const nextStartUs = users[next]?.atUs ?? Number.POSITIVE_INFINITY
    const late = refusalAfterEnd(limiter, refusals, endUs, nextStartUs)
    // The window must still be open when it refuses: start it later.
    if (late !== undefined) return startLater(inside, late - windowUs + 1, atUs)
    const settled = settleWindow(limiter, atUs, startUs, endUs, inside, refusals)
    if (settled.settled === 'impossible') return reopenBefore(limiter, before, settled.earliestRefusal, atUs)
    if (settled.settled === 'changed') changed = true
    if (settled.missingUnits > 0) {
      if (pullIn(before, startUs, settled.missingUnits, atUs)) return 'changed'
      return reopenBefore(limiter, before, settled.earliestRefusal, atUs)
    }
    before = settled.inside
    carried = settled.pushedOut
  }
  return changed ? 'changed' : 'unchanged'
}

/** The lower bound of the latest refusal that falls between a window's end and the next start. */
function refusalAfterEnd(
  { evidence }: Limiter,
  { indices, loUs }: Refusals,
  endUs: number,
  nextStartUs: number,
): number | undefined {
  let latest: number | undefined
  for (let k = firstAtLeast(loUs, endUs); k < indices.length; k++) {
    const lo = loUs[k] as number
    if (lo >= nextStartUs) break
    if ((evidence.hiUs[indices[k] as number] as number) < nextStartUs) latest = lo
  }
  return latest
}

/** A refusal that does not fit a window may belong to the one before, if that started later. */
function reopenBefore(
  { evidence, hypothesis }: Limiter,
  before: readonly User[],
  refusal: number | undefined,
  atUs: Float64Array,
): Settled {
  const first = before[0]
  if (refusal === undefined || !first) return 'impossible'
  const fromUs = (evidence.loUs[refusal] as number) - hypothesis.windowUs + 1
  return first.atUs < fromUs ? startLater(before, fromUs, atUs) : 'impossible'
}

function startLater(inside: readonly User[], fromUs: number, atUs: Float64Array): Settled {
  for (const user of inside) {
    if (user.atUs >= fromUs) continue
    if (user.hiUs < fromUs) return 'impossible'
    atUs[user.row] = fromUs
  }
  return 'changed'
}
