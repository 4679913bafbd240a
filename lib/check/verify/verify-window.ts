import type { Reason } from '../refute/certificate.ts'
import type { Range } from './ranges.ts'
import { refuse, type Told } from './told.ts'

/**
 * Does a reason hold for a window that starts anywhere in a range?
 * @param before the range of the start of the window before it, if there is one.
 * @param sureFrom what is let through from here on is surely not before the window's start.
 * @returns what does not hold, in words, or `undefined` where the reason stands.
 */
export function windowReason(
  told: Told,
  reason: Reason,
  start: Range,
  before: Range | undefined,
  sureFrom: number,
): string | undefined {
  const end = start[0] + told.windowUs - 1
  switch (reason.kind) {
    case 'over-admission': {
      if (reason.windows !== 1) return 'one window was expected'
      let from = sureFrom
      if (reason.afterRefused !== undefined) {
        const j = told.index(reason.afterRefused)
        const inWindowBefore =
          j !== undefined &&
          before !== undefined &&
          told.evidence.unitCost !== undefined &&
          told.evidence.demand[j] === refuse &&
          told.lo(j) >= before[1] &&
          told.hi(j) < Math.min(start[0], before[0] + told.windowUs)
        if (!inWindowBefore) return 'the refusal is not surely in the window before'
        from = Math.min(from, told.hi(j) + 1)
      }
      return told.adds(reason.rows, from, end, true) > told.limit
        ? undefined
        : 'too little is surely within the window'
    }
    case 'admitted-when-full': {
      const i = told.index(reason.admitted)
      if (i === undefined || !told.letThrough(i) || told.lo(i) < sureFrom || told.hi(i) > end) {
        return 'the admitted request is not surely within the window'
      }
      return told.adds(reason.rows, sureFrom, told.lo(i) - 1, false) + told.cost(i) > told.limit
        ? undefined
        : 'too little was surely used up before it'
    }
    case 'refusal-before-admission': {
      const j = told.index(reason.refused)
      const i = told.index(reason.admitted)
      if (j === undefined || i === undefined || told.evidence.demand[j] !== refuse || !told.letThrough(i)) {
        return 'a refusal and an admission were expected'
      }
      const inOrder = told.lo(j) >= start[1] && told.hi(j) < told.lo(i) && told.hi(i) <= end
      return inOrder && told.cost(j) <= told.cost(i)
        ? undefined
        : 'they are not surely in this order in one window'
    }
    case 'unjustified-refusal':
      return unjustified(told, reason.refused, start, before)
    default:
      return 'this reason does not hold for a window'
  }
}

/** Whichever of two neighbouring windows the refusal fell into, too little can be counted there. */
function unjustified(told: Told, row: number, start: Range, before: Range | undefined): string | undefined {
  const j = told.index(row)
  if (j === undefined || told.evidence.demand[j] !== refuse || told.hidden(j))
    return 'no refusal that proves anything'
  const w = told.windowUs
  if (told.hi(j) > start[0] + w - 1) return 'the refusal may lie in a later window'
  const inThis = told.hi(j) >= start[0]
  const inBefore = before !== undefined && told.lo(j) < start[1] && told.lo(j) <= before[1] + w - 1
  // Between the end of one first-hit window and the start of the next nothing is counted at all.
  if (!inThis && !inBefore) {
    return told.cost(j) <= told.limit ? undefined : 'the refusal lies in neither window'
  }
  if (inBefore && before && told.lo(j) < before[1]) return 'the refusal may lie in an earlier window'
  if (inThis && !told.room(j, start[0], told.hi(j))) return 'enough may have been counted in the window'
  if (inBefore && before && !told.room(j, before[0], Math.min(told.hi(j), before[1] + w - 1))) {
    return 'enough may have been counted in the window before'
  }
  return undefined
}
