import { Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Case } from './certificate.ts'

/** No more refusals than this are taken together; what others of them may have used up counts against the proof. */
const mostTogether = 256

/**
 * Refusals that may all have been under way at one instant. Whichever of them came first, none of the others was
 * counted before it. Each by itself may have been refused because of the others, where refused requests are counted.
 */
export interface FirstRefusals {
  /** Indices into the evidence; the first is the one that ended at that instant. */
  members: readonly number[]
  /** From when on the first of them can have been decided. */
  fromUs: number
  /** By when it was. */
  byUs: number
  /** Units that all of them may have used up. */
  units: number
  highestCost: number
}

/**
 * The refusals that may have been under way when one of them ended. `undefined` where that one uses nothing up, so
 * that taking others with it says no more than it does by itself; or where something hidden may have been counted.
 */
export function refusalsUnderWay(index: EvidenceIndex, ended: number): FirstRefusals | undefined {
  const { loUs, hiUs, cost, use, hiddenUseUntilUs } = index.evidence
  if (use[ended] === Use.never) return undefined
  const byUs = hiUs[ended] as number
  const begun = index.refusalsStarting(byUs - index.longestRefusalUs, byUs)
  const members = [ended]
  let fromUs = loUs[ended] as number
  let units = cost[ended] as number
  let highestCost = units
  for (let k = begun.length - 1; k >= 0 && members.length < mostTogether; k--) {
    const i = begun[k] as number
    if (i === ended || (hiUs[i] as number) < byUs) continue
    members.push(i)
    fromUs = Math.min(fromUs, loUs[i] as number)
    if (use[i] !== Use.never) units += cost[i] as number
    highestCost = Math.max(highestCost, cost[i] as number)
  }
  return fromUs < hiddenUseUntilUs ? undefined : { members, fromUs, byUs, units, highestCost }
}

/** For each refusal, by its place among them, what `refusalsUnderWay` tells; `fromUs` is NaN where it tells nothing. */
export interface FirstRefusalsByEnd {
  fromUs: Float64Array
  units: Float64Array
  highestCost: Float64Array
}

/** Worked out once for all windows and ranges of phases that are asked about. */
const byEnd = new WeakMap<EvidenceIndex, FirstRefusalsByEnd | 'none is counted'>()

/** The same for all refusals; `undefined` where none of them may use anything up. */
export function firstRefusalsByEnd(index: EvidenceIndex): FirstRefusalsByEnd | undefined {
  const known = byEnd.get(index) ?? allByEnd(index)
  byEnd.set(index, known)
  return known === 'none is counted' ? undefined : known
}

function allByEnd(index: EvidenceIndex): FirstRefusalsByEnd | 'none is counted' {
  const { refusals, evidence } = index
  if (refusals.every((i) => evidence.use[i] === Use.never)) return 'none is counted'
  const column = () => new Float64Array(refusals.length).fill(Number.NaN)
  const all: FirstRefusalsByEnd = { fromUs: column(), units: column(), highestCost: column() }
  for (let r = 0; r < refusals.length; r++) {
    const some = refusalsUnderWay(index, refusals[r] as number)
    if (!some) continue
    all.fromUs[r] = some.fromUs
    all.units[r] = some.units
    all.highestCost[r] = some.highestCost
  }
  return all
}

/** The proof that there is in so many units at most having been counted before the first of some refusals. */
export function firstUnjustified(
  { evidence: { rows } }: EvidenceIndex,
  { members }: FirstRefusals,
  unitsAtMost: number,
): Case {
  const [refused, ...alike] = members.map((i) => rows[i] as number) as [number, ...number[]]
  return { reason: { kind: 'unjustified-refusal', refused, ...(alike.length > 0 && { alike }), unitsAtMost } }
}
