import type { Costs } from '../../history/history.ts'
import { Demand, Use } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'

/** Some requests in the order of one of their bounds. */
export interface Ordered {
  members: Uint32Array
  /** That bound of each. */
  us: Float64Array
  /** Units of the first 0, 1, 2, … of them. */
  units: Float64Array
}

/** The requests of some evidence in the orders that are asked for, whatever is supposed of the limiter. */
export interface Orders {
  admittedByLo: Ordered
  admittedByHi: Ordered
  letThroughByLo: Ordered
  /** For each of those by their lower bounds, the one from there on with the smallest upper bound. */
  firstEnding: Uint32Array
  usedByLo: Ordered
  usedByHi: Ordered
  possibleByLo: Ordered
  possibleByHi: Ordered
}

/** Worked out once for all hypotheses about the same evidence. */
const orders = new WeakMap<EvidenceIndex, Orders>()

export function ordersOf(index: EvidenceIndex): Orders {
  let known = orders.get(index)
  if (!known) {
    const { loUs, hiUs, cost, demand, use } = index.evidence
    const admitted = (i: number) => demand[i] === Demand.admit
    const used = (i: number) => use[i] === Use.surely
    const possible = (i: number) => use[i] !== Use.never
    const letThrough = (i: number) => demand[i] === Demand.admit || demand[i] === Demand.vacant
    const letThroughByLo = inOrder(cost, loUs, letThrough)
    known = {
      admittedByLo: inOrder(cost, loUs, admitted),
      admittedByHi: inOrder(cost, hiUs, admitted),
      letThroughByLo,
      firstEnding: firstEnding(letThroughByLo, hiUs),
      usedByLo: inOrder(cost, loUs, used),
      usedByHi: inOrder(cost, hiUs, used),
      possibleByLo: inOrder(cost, loUs, possible),
      possibleByHi: inOrder(cost, hiUs, possible),
    }
    orders.set(index, known)
  }
  return known
}

function inOrder(cost: Costs, bound: Float64Array, keep: (i: number) => boolean): Ordered {
  const kept = Array.from(bound, (_, i) => i).filter(keep)
  const members = Uint32Array.from(kept).sort((a, b) => (bound[a] as number) - (bound[b] as number))
  const units = new Float64Array(members.length + 1)
  for (const [k, i] of members.entries()) units[k + 1] = (units[k] as number) + (cost[i] as number)
  return { members, us: Float64Array.from(members, (i) => bound[i] as number), units }
}

function firstEnding({ members }: Ordered, hiUs: Float64Array): Uint32Array {
  const earliest = Uint32Array.from(members)
  for (let k = earliest.length - 2; k >= 0; k--) {
    const [here, later] = [earliest[k] as number, earliest[k + 1] as number]
    if ((hiUs[later] as number) < (hiUs[here] as number)) earliest[k] = later
  }
  return earliest
}
