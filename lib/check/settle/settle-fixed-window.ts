import type { Evidence } from '../evidence/evidence.ts'
import { firstAtLeast } from '../evidence/search.ts'
import { type Limiter, type Settled, type User, usersOf, usesInOrder } from './settle.ts'
import { pullIn, type Refusals, refusalsOf, refusedWithin, settleWindow } from './settle-window.ts'

/** Meets the demands of a fixed window that starts at `limiter.startUs` and every window from there. */
export function settleFixedWindow(limiter: Limiter, atUs: Float64Array): Settled {
  const { evidence, hypothesis } = limiter
  const { windowUs, limit } = hypothesis
  const startUs = limiter.startUs as number
  const refusals = refusalsOf(limiter)
  const uses = usesInOrder(evidence, atUs)
  const { order, times, units } = uses
  const windowOf = (us: number) => Math.floor((us - startUs) / windowUs)
  const last = Math.max(
    windowOf(times.at(-1) ?? Number.NEGATIVE_INFINITY),
    windowOf(refusals.loUs.at(-1) ?? Number.NEGATIVE_INFINITY),
  )
  let from = 0
  let before = (): readonly User[] => []
  let carried: User[] = []
  let changed = false
  for (let window = windowOf(evidence.loUs[0] ?? 0); window <= last || carried.length > 0; window++) {
    const fromUs = startUs + window * windowUs
    const begin = from
    const end = firstAtLeast(times, fromUs + windowUs)
    from = end
    const inWindow = () => usersOf(limiter, order, times, begin, end)
    const used = (units[end] as number) - (units[begin] as number)
    if (
      carried.length === 0 &&
      isMet(evidence, refusals, fromUs, fromUs + windowUs, limit, used, times[end - 1])
    ) {
      before = inWindow
      continue
    }
    const inside = [...carried, ...inWindow()]
    const settled = settleWindow(limiter, atUs, fromUs, fromUs + windowUs, inside, refusals)
    if (settled.settled === 'impossible') return 'impossible'
    if (settled.settled !== 'unchanged') changed = true
    if (settled.missingUnits > 0) {
      if (!pullIn(before(), fromUs, settled.missingUnits, atUs)) return 'impossible'
      changed = true
    }
    before = () => settled.inside
    carried = settled.pushedOut
  }
  limiter.settledUses = changed ? undefined : uses
  return changed ? 'changed' : 'unchanged'
}

/**
 * Surely nothing is left to do in a window: not too much is used, all of it before the first refusal has to
 * be over, and that is enough for every refusal.
 */
function isMet(
  evidence: Evidence,
  refusals: Refusals,
  startUs: number,
  endUs: number,
  limit: number,
  used: number,
  lastUseUs: number | undefined,
): boolean {
  const { unitCost } = evidence
  if (unitCost === undefined || used > limit) return false
  const { refused, firstEndUs } = refusedWithin(evidence, refusals, startUs, endUs)
  return refused.length === 0 || ((lastUseUs ?? firstEndUs) <= firstEndUs && used + unitCost > limit)
}
