import { type Limiter, type Settled, type User, usersInOrder } from './settle.ts'
import { pullIn, refusalsOf, settleWindow } from './settle-window.ts'

/** Meets the demands of a fixed window that starts at `limiter.startUs` and every window from there. */
export function settleFixedWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { windowUs } = limiter.hypothesis
  const { loUs } = limiter.evidence
  const startUs = limiter.startUs as number
  const refusals = refusalsOf(limiter)
  const users = usersInOrder(limiter, atUs)
  const windowOf = (us: number) => Math.floor((us - startUs) / windowUs)
  const last = Math.max(
    windowOf(users.at(-1)?.atUs ?? Number.NEGATIVE_INFINITY),
    windowOf(refusals.loUs.at(-1) ?? Number.NEGATIVE_INFINITY),
  )
  let next = 0
  let before: readonly User[] = []
  let carried: User[] = []
  let changed = false
  for (let window = windowOf(loUs[0] ?? 0); window <= last || carried.length > 0; window++) {
    const from = startUs + window * windowUs
    const inside = carried
    while (next < users.length && windowOf((users[next] as User).atUs) === window) {
      inside.push(users[next++] as User)
    }
    const settled = settleWindow(limiter, atUs, from, from + windowUs, inside, refusals)
    if (settled.settled === 'impossible') return 'impossible'
    if (settled.settled === 'changed') changed = true
    if (settled.missingUnits > 0) {
      if (!pullIn(before, from, settled.missingUnits, atUs)) return 'impossible'
      changed = true
    }
    before = settled.inside
    carried = settled.pushedOut
  }
  return changed ? 'changed' : 'unchanged'
}
