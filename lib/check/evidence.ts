import { type History, Outcome } from '../history/history.ts'
import type { DecisionBounds } from './bounds.ts'
import type { Cell } from './cell.ts'
import { type Hypothesis, saturates } from './hypothesis.ts'
import type { Refusers } from './refusers.ts'

/** What a request's outcome demands of one limiter at its decision instant. */
export const Demand = {
  /** Nothing: the outcome can be explained without this limiter. */
  none: 0,
  /** The limiter let it through, and counted it. */
  admit: 1,
  /** The limiter was full. */
  refuse: 2,
  /** The limiter would have let it through; another limit, later in the list, refused it. */
  vacant: 3,
} as const
export type Demand = (typeof Demand)[keyof typeof Demand]

/** Whether a request uses up one limiter. */
export const Use = { never: 0, surely: 1, maybe: 2 } as const
export type Use = (typeof Use)[keyof typeof Use]

/** What one limiter, under one hypothesis, has to explain. Row arrays are sorted by `loUs`. */
export interface Evidence {
  rows: Uint32Array
  loUs: Float64Array
  hiUs: Float64Array
  cost: Float64Array
  demand: Uint8Array
  use: Uint8Array
  /** All requests cost the same: many questions then have a hardest case that stands for all. */
  unitCost: number | undefined
  /**
   * Up to here something that the history does not show may have used up the limit: earlier hits
   * where it need not have started empty, or others at any time. A refusal that early proves
   * nothing about too little being counted. `-Infinity` where there can be nothing of the kind.
   */
  hiddenUseUntilUs: number
}

/** Reads off a history what one limiter has to explain under a hypothesis. */
export function evidenceFor(
  history: History,
  bounds: DecisionBounds,
  cell: Cell,
  hypothesis: Hypothesis,
  refusers: Refusers,
): Evidence {
  const rows = Uint32Array.from(cell.rows).sort(
    (a, b) => (bounds.loUs[a] as number) - (bounds.loUs[b] as number),
  )
  const n = rows.length
  const evidence: Evidence = {
    rows,
    loUs: new Float64Array(n),
    hiUs: new Float64Array(n),
    cost: new Float64Array(n),
    demand: new Uint8Array(n),
    use: new Uint8Array(n),
    unitCost: n > 0 ? history.cost[rows[0] as number] : 1,
    hiddenUseUntilUs: hiddenUseUntil(cell, bounds, hypothesis),
  }
  const equalCosts = rows.every((row) => history.cost[row] === evidence.unitCost)
  rows.forEach((row, i) => {
    evidence.loUs[i] = bounds.loUs[row] as number
    evidence.hiUs[i] = bounds.hiUs[row] as number
    evidence.cost[i] = history.cost[row] as number
    if (evidence.cost[i] !== evidence.unitCost) evidence.unitCost = undefined
    const outcome = history.outcome[row] as Outcome
    if (outcome === Outcome.accepted) {
      evidence.demand[i] = Demand.admit
      evidence.use[i] = Use.surely
    } else if (outcome === Outcome.unknown) {
      evidence.use[i] = Use.maybe
    } else {
      evidence.demand[i] = demandOfRefused(cell, row, refusers)
      evidence.use[i] = useOfRefused(cell, row, hypothesis, refusers, equalCosts)
    }
  })
  return evidence
}

function hiddenUseUntil({ limit, rows }: Cell, bounds: DecisionBounds, hypothesis: Hypothesis): number {
  const { algorithm, windowUs, limitedRequests, chargedWhenRefused } = hypothesis
  if (limit.foreignTraffic === 'possible') return Number.POSITIVE_INFINITY
  if (limit.startsEmpty) return Number.NEGATIVE_INFINITY
  // A bucket that counts refusals may have begun as far below empty as you like.
  const counts = limitedRequests === 'counted' || chargedWhenRefused !== 'free'
  if (counts && (algorithm === 'gcra' || algorithm === 'token-bucket')) return Number.POSITIVE_INFINITY
  let firstUs = Number.POSITIVE_INFINITY
  for (const row of rows) firstUs = Math.min(firstUs, bounds.hiUs[row] as number)
  // A hit before the first request counts in its window, and through a counter in the next one.
  return firstUs + 2 * windowUs
}

function demandOfRefused(cell: Cell, row: number, refusers: Refusers): Demand {
  const candidates = refusers.of(row)
  if (candidates.length === 1 && candidates[0] === cell) return Demand.refuse
  // No limiter can be full: the refusal is nobody's, so each of them has to answer for it.
  if (candidates.length === 0) return Demand.refuse
  if (refusers.named(row) && candidates.every((c) => c.limitIndex > cell.limitIndex)) return Demand.vacant
  return Demand.none
}

function useOfRefused(cell: Cell, row: number, h: Hypothesis, refusers: Refusers, equalCosts: boolean): Use {
  const candidates = refusers.of(row)
  const own = h.limitedRequests === 'counted'
  const mayBeOwn = candidates.length === 0 || candidates.includes(cell)
  const others = candidates.filter((c) => c !== cell)
  const chargedFor = others.map((other) =>
    h.chargedWhenRefused === 'earlier'
      ? other.limitIndex > cell.limitIndex
      : h.chargedWhenRefused === 'counted',
  )
  if (equalCosts && saturates(h.algorithm) && h.limitedRequests === 'free') {
    // Where this limiter refused, it was full, and one more makes no difference.
    if (chargedFor.length === 0 || !chargedFor.includes(true)) return Use.never
    return chargedFor.includes(false) ? Use.maybe : Use.surely
  }
  const answers = new Set<boolean>(chargedFor)
  // A limit before the one that refused let the request through; one after it may have been full
  // as well, and then its own rule for refused requests applies.
  const surelyVacant =
    (refusers.named(row) && others.length > 0 && others.every((c) => c.limitIndex > cell.limitIndex)) ||
    refusers.surelyVacant(cell, row, h)
  if (mayBeOwn || !surelyVacant) answers.add(own)
  if (answers.size > 1) return Use.maybe
  return answers.has(true) ? Use.surely : Use.never
}
