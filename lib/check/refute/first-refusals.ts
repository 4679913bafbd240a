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

/** What `refusalsUnderWay` tells of each refusal, by its place among all; worked out once, when it is asked for. */
export class FirstRefusalsByEnd {
  private readonly index: EvidenceIndex
  private readonly fromUs: Float64Array
  private readonly units: Float64Array
  private readonly highestCost: Float64Array

  constructor(index: EvidenceIndex) {
    const column = () => new Float64Array(index.refusals.length)
    this.index = index
    // Not a number where it was not asked for.
    this.fromUs = column().fill(Number.NaN)
    this.units = column()
    this.highestCost = column()
  }

  /** From when on the first of those can have been decided; `-Infinity` where nothing is told. */
  fromUsOf(place: number): number {
    if (Number.isNaN(this.fromUs[place])) {
      const some = refusalsUnderWay(this.index, this.index.refusals[place] as number)
      this.fromUs[place] = some?.fromUs ?? Number.NEGATIVE_INFINITY
      this.units[place] = some?.units ?? 0
      this.highestCost[place] = some?.highestCost ?? 0
    }
    return this.fromUs[place] as number
  }

  /** Units that all of them may have used up; to be asked for after that. */
  unitsOf(place: number): number {
    return this.units[place] as number
  }

  /** The same for the highest cost of any of them. */
  highestCostOf(place: number): number {
    return this.highestCost[place] as number
  }
}

/** Worked out once for all windows and ranges of phases that are asked about. */
const byEnd = new WeakMap<EvidenceIndex, FirstRefusalsByEnd | 'none is counted'>()

/** The same for some evidence; `undefined` where no refusal may use anything up. */
export function firstRefusalsByEnd(index: EvidenceIndex): FirstRefusalsByEnd | undefined {
  let known = byEnd.get(index)
  if (!known) {
    const { use } = index.evidence
    const isCounted = !index.refusals.every((i) => use[i] === Use.never)
    known = isCounted ? new FirstRefusalsByEnd(index) : 'none is counted'
    byEnd.set(index, known)
  }
  return known === 'none is counted' ? undefined : known
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
