import { Demand, Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import { giveBack } from '../evidence/give-back.ts'
import { firstAboveNear } from '../evidence/search.ts'
import { refusalsUnderWay } from './first-refusals.ts'

/**
 * Where all requests cost the same, each kind of reason against a sliding log holds of all windows on one side
 * of a length: which that is takes one look at all requests, and then every window is answered at once.
 */
export interface LogWindows {
  /** Somebody was let through although the log was surely full: of windows longer than this, in microseconds. */
  readonly admittedWhenFullAboveUs: number
  /** Somebody was refused although the log cannot have been full: of windows of this length and shorter. */
  readonly unjustifiedUpToUs: number
  /** Of some that were refused, the first one was although the log cannot have been full: the same. */
  readonly firstUnjustifiedUpToUs: number
}

const known = new WeakMap<EvidenceIndex, Map<number, LogWindows>>()

/** The same for a log of so many units; `undefined` where requests cost differently, or more than the log holds. */
export function logWindows(index: EvidenceIndex, limit: number): LogWindows | undefined {
  const { unitCost } = index.evidence
  if (unitCost === undefined || !Number.isSafeInteger(unitCost) || unitCost > limit) return undefined
  const ofIndex = known.get(index) ?? new Map<number, LogWindows>()
  known.set(index, ofIndex)
  let windows = ofIndex.get(limit)
  if (!windows) {
    const most = Math.floor(limit / unitCost)
    windows = {
      admittedWhenFullAboveUs: admittedWhenFullAbove(index, most),
      unjustifiedUpToUs: unjustifiedUpTo(index, most),
      firstUnjustifiedUpToUs: firstUnjustifiedUpTo(index, most),
    }
    ofIndex.set(limit, windows)
  }
  return windows
}

/** @param most so many requests the log holds. */
function admittedWhenFullAbove(index: EvidenceIndex, most: number): number {
  const { loUs, hiUs, demand } = index.evidence
  const { starts, ends } = index.used.instants()
  let aboveUs = Number.POSITIVE_INFINITY
  let endedBefore = 0
  for (let i = 0; i < loUs.length; i++) {
    while (endedBefore < ends.length && (ends[endedBefore] as number) < (loUs[i] as number)) endedBefore++
    if (demand[i] !== Demand.admit && demand[i] !== Demand.vacant) continue
    // All but the first so many of those that ended before it are as many as the log holds.
    const first = starts[endedBefore - most]
    if (first !== undefined) aboveUs = Math.min(aboveUs, (hiUs[i] as number) - first)
  }
  giveBack(starts)
  giveBack(ends)
  return aboveUs
}

/** @param most so many requests the log holds. */
function unjustifiedUpTo(index: EvidenceIndex, most: number): number {
  const { loUs, hiUs, use, hiddenUseUntilUs } = index.evidence
  const { starts, ends } = index.possible.instants()
  let upToUs = Number.NEGATIVE_INFINITY
  let begun = 0
  for (const i of index.refusals) {
    if ((loUs[i] as number) < hiddenUseUntilUs) continue
    begun = firstAboveNear(starts, hiUs[i] as number, begun)
    const others = begun - (use[i] === Use.never ? 0 : 1)
    // Once so many of those that can have begun by then are over, the log has room.
    const over = others - most
    upToUs = Math.max(
      upToUs,
      over < 0 ? Number.POSITIVE_INFINITY : (loUs[i] as number) - (ends[over] as number),
    )
  }
  giveBack(starts)
  giveBack(ends)
  return upToUs
}

/** @param most so many requests the log holds. */
function firstUnjustifiedUpTo(index: EvidenceIndex, most: number): number {
  const { use, hiUs } = index.evidence
  const unitCost = index.evidence.unitCost as number
  let upToUs = Number.NEGATIVE_INFINITY
  if (index.refusals.every((i) => use[i] === Use.never)) return upToUs
  const { starts, ends } = index.possible.instants()
  let begun = 0
  for (const i of index.refusals) {
    begun = firstAboveNear(starts, hiUs[i] as number, begun)
    const some = refusalsUnderWay(index, i)
    if (!some) continue
    const over = begun - some.units / unitCost - most
    upToUs = Math.max(upToUs, over < 0 ? Number.POSITIVE_INFINITY : some.fromUs - (ends[over] as number))
  }
  giveBack(starts)
  giveBack(ends)
  return upToUs
}
