import { Demand, Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Reason } from './certificate.ts'

/** A window whose start is known only to lie in a range, both ends included. */
export interface WindowRange {
  startUs: readonly [from: number, to: number]
  /** The range of the start of the window before it, if there is one. */
  beforeUs: readonly [from: number, to: number] | undefined
  /** What is let through from here on is surely not before the window's start. */
  sureFromUs: number
}

/**
 * A reason that is only told when it is asked for: a search finds thousands, of which few end up in a proof, and
 * naming the requests is what takes time.
 */
export type FoundReason = () => Reason

/**
 * Looks for a reason why a window of exactly `windowUs`, in which at most `limit` units are let
 * through, cannot start anywhere in a range. Sound for every such start at once: counts only what
 * is surely inside for all of them, or possibly inside for any.
 */
export function windowReason(
  index: EvidenceIndex,
  { startUs: [startFromUs, startToUs], beforeUs, sureFromUs }: WindowRange,
  windowUs: number,
  limit: number,
): FoundReason | undefined {
  const { evidence } = index
  const overAdmission = (fromUs: number, refused?: number): FoundReason => {
    const afterRefused = refused === undefined ? {} : { afterRefused: evidence.rows[refused] as number }
    return () => ({
      kind: 'over-admission',
      windows: 1,
      rows: rowsWithin(index, fromUs, sureTo, limit, Demand.admit),
      ...afterRefused,
    })
  }
  const sureFrom = sureFromUs
  const sureTo = startFromUs + windowUs - 1
  const before = beforeUs && refusalBefore(index, beforeUs, startFromUs, windowUs)
  if (before !== undefined) {
    const afterUs = Math.min(sureFrom, (evidence.hiUs[before] as number) + 1)
    if (index.admitted.surelyWithin(afterUs, sureTo) > limit) return overAdmission(afterUs, before)
  }
  if (sureFrom <= sureTo) {
    if (index.admitted.surelyWithin(sureFrom, sureTo) > limit) return overAdmission(sureFrom)
    const admission = index.latestAdmissionUntil(sureTo)
    if (admission !== undefined && (evidence.loUs[admission] as number) >= sureFrom) {
      const beforeUs = evidence.loUs[admission] as number
      const cost = evidence.cost[admission] as number
      const used = index.used.surelyWithin(sureFrom, beforeUs - 1)
      if (used + cost > limit) {
        return () => ({
          kind: 'admitted-when-full',
          admitted: evidence.rows[admission] as number,
          rows: rowsWithin(index, sureFrom, beforeUs - 1, limit - cost, undefined),
        })
      }
      const refusal = index.earliestRefusalFrom(startToUs)
      if (
        refusal !== undefined &&
        (evidence.hiUs[refusal] as number) < beforeUs &&
        (evidence.cost[refusal] as number) <= cost
      ) {
        return () => ({
          kind: 'refusal-before-admission',
          refused: evidence.rows[refusal] as number,
          admitted: evidence.rows[admission] as number,
        })
      }
    }
  }
  const unjustified = unjustifiedIn(index, startFromUs, startToUs, windowUs, limit)
  return unjustified && (() => unjustified)
}

/** The refusal that ends first among those surely in the window before this one. */
function refusalBefore(
  index: EvidenceIndex,
  [beforeFromUs, beforeToUs]: readonly [number, number],
  startFromUs: number,
  windowUs: number,
): number | undefined {
  // A refusal of a costly request need not mean that a cheaper one would be refused too.
  if (index.evidence.unitCost === undefined) return undefined
  const first = index.earliestRefusalFrom(beforeToUs)
  const endUs = Math.min(startFromUs, beforeFromUs + windowUs)
  return first !== undefined && (index.evidence.hiUs[first] as number) < endUs ? first : undefined
}

/** A refusal that can only lie in this window, and finds too little counted there before it. */
function unjustifiedIn(
  index: EvidenceIndex,
  startFromUs: number,
  startToUs: number,
  windowUs: number,
  limit: number,
): Reason | undefined {
  const { evidence } = index
  const lastUs = startFromUs + windowUs - 1
  // With equal costs the refusal that ends first is the hardest: it has the fewest before it. One that hidden use may
  // have met proves nothing, and stands for no later one.
  const hardest = index.earliestRefusalFrom(Math.max(startToUs, evidence.hiddenUseUntilUs))
  if (hardest === undefined) return undefined
  const candidates = evidence.unitCost === undefined ? index.refusalsStarting(startToUs, lastUs) : [hardest]
  for (const i of candidates) {
    if ((evidence.hiUs[i] as number) > lastUs) continue
    const unitsAtMost = index.possibleBeside(i, startFromUs, evidence.hiUs[i] as number)
    if (unitsAtMost + (evidence.cost[i] as number) <= limit) {
      return { kind: 'unjustified-refusal', refused: evidence.rows[i] as number, unitsAtMost }
    }
  }
  return undefined
}

/**
 * As few rows as show that more than `limit` units lie surely in [from, to]: those whose intervals
 * end first. With a demand, only rows of that demand; without, all that surely used up the limit.
 */
export function rowsWithin(
  index: EvidenceIndex,
  fromUs: number,
  toUs: number,
  limit: number,
  demand: Demand | undefined,
): number[] {
  const { loUs, hiUs, cost, rows, use, demand: demands } = index.evidence
  const { ends } = index
  const shown: number[] = []
  let units = 0
  for (let e = ends.firstAtLeast(fromUs); e < ends.order.length && units <= limit; e++) {
    const i = ends.order[e] as number
    if ((hiUs[i] as number) > toUs) break
    const counts = demand === undefined ? use[i] === Use.surely : demands[i] === demand
    if (!counts || (loUs[i] as number) < fromUs) continue
    units += cost[i] as number
    shown.push(rows[i] as number)
  }
  return Array.from(Uint32Array.from(shown).sort())
}
