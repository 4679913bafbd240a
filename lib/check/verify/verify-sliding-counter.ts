import type { Reason } from '../refute/certificate.ts'
import type { Range } from './ranges.ts'
import { surely, type Told } from './told.ts'
import { windowReason } from './verify-window.ts'

/**
 * Does a reason hold for a window of a sliding counter that starts anywhere in a range, whichever way it rounds?
 * @returns what does not hold, in words, or `undefined` where the reason stands.
 */
export function counterReason(told: Told, reason: Reason, start: Range, before: Range): string | undefined {
  const end = start[0] + told.windowUs - 1
  const w = told.windowUs
  if (reason.kind === 'over-admission') {
    return reason.afterRefused === undefined
      ? windowReason(told, reason, start, before, start[1])
      : 'a sliding counter may admit again after a refusal'
  }
  if (reason.kind === 'admitted-when-full') {
    const i = told.index(reason.admitted)
    if (i === undefined || !told.letThrough(i) || told.lo(i) < start[1] || told.hi(i) > end) {
      return 'the admitted request is not surely within the window'
    }
    // Whatever is not shown to lie in this window counts as in the one before, where it weighs less.
    let inBoth = 0
    for (const k of told.from(start[1] - w, (lo) => lo >= told.lo(i))) {
      const inside = told.lo(k) >= start[1] - w && told.hi(k) <= told.lo(i) - 1
      if (told.evidence.use[k] === surely && inside) inBoth += told.cost(k)
    }
    const used = told.adds(reason.rows, start[1], told.lo(i) - 1, false)
    const left = Math.max(0, Math.floor(((inBoth - used) * (w - (told.hi(i) - start[0]))) / w))
    return left + used + told.cost(i) > told.limit ? undefined : 'too little was surely used up before it'
  }
  if (reason.kind === 'unjustified-refusal') {
    const first = told.firstOf([reason.refused, ...(reason.alike ?? [])])
    if (!first) return 'no refusal that proves anything'
    if (first.lo < start[1] || first.hi > end) return 'the refusal is not surely within the window'
    // Whatever may lie in this window counts in it, where it weighs most, and in that before no more.
    const inThis = told.possibleWithout(first.members, start[0], first.hi)
    const inBoth = told.possibleWithout(first.members, before[0], first.hi)
    const carried = Math.ceil(((inBoth - inThis) * (w - (first.lo - start[1]))) / w)
    return carried + inThis + first.cost <= told.limit ? undefined : 'enough may have been counted'
  }
  return 'this reason does not hold for a sliding counter'
}
