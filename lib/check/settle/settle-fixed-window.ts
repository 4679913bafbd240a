import { firstAtLeast } from '../evidence/search.ts'
import { unitsOf } from './first-hit-repairs.ts'
import {
  giveBackUses,
  type Limiter,
  type Settled,
  type User,
  type Uses,
  usersOf,
  usesInOrder,
} from './settle.ts'
import { isMet, pullIn, type Refusals, refusalsOf, refusedWithin, settleWindow } from './settle-window.ts'

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
    windowOf(evidence.loUs[refusals.indices.at(-1) ?? -1] ?? Number.NEGATIVE_INFINITY),
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
    const used = units.before(end) - units.before(begin)
    if (
      carried.length === 0 &&
      isMet(evidence, refusals, fromUs, fromUs + windowUs, limit, used, times[end - 1])
    ) {
      before = inWindow
      continue
    }
    const already = carried
    const place = headEnd(limiter, refusals, uses, begin, end, fromUs, unitsOf(already))
    const head = place > begin && {
      times: times.subarray(begin, place),
      units,
      from: begin,
      whole: () => [...already, ...inWindow()],
    }
    const inside = [...already, ...usersOf(limiter, order, times, place, end)]
    const endUs = fromUs + windowUs
    const settled = settleWindow(
      limiter,
      atUs,
      fromUs,
      endUs,
      inside,
      refusals,
      head || undefined,
      already.length,
    )
    if (settled.settled === 'impossible') return 'impossible'
    if (settled.settled !== 'unchanged') changed = true
    if (settled.missingUnits > 0) {
      if (!pullIn(before(), fromUs, settled.missingUnits, atUs)) return 'impossible'
      changed = true
    }
    before = () => settled.inside
    carried = settled.pushedOut
  }
  if (changed) giveBackUses(uses)
  limiter.settledUses = changed ? undefined : uses
  return changed ? 'changed' : 'unchanged'
}

/**
 * Up to which place the uses from `begin` on, of a window, can stay as they are whatever comes after them,
 * see `Head`. None do where other limiters may have moved them here.
 * @param carriedUnits units that are used before them in the window.
 */
function headEnd(
  { evidence, hypothesis, latestUs }: Limiter,
  refusals: Refusals,
  { order, times, units }: Uses,
  begin: number,
  end: number,
  startUs: number,
  carriedUnits: number,
): number {
  if (latestUs) return begin
  const endUs = startUs + hypothesis.windowUs
  const { firstEndUs } = refusedWithin(evidence, refusals, startUs, endUs)
  const mostUnits = hypothesis.limit - carriedUnits + units.before(begin)
  let place = begin
  while (
    place < end &&
    (evidence.hiUs[order[place] as number] as number) < endUs &&
    (times[place] as number) <= firstEndUs &&
    units.before(place + 1) <= mostUnits
  )
    place++
  return place
}
