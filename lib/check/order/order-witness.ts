import type { History } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import { replay, type Witness } from '../replay/replay.ts'
import type { Allowance } from './allowance.ts'
import { type PhaseRange, searchOrders } from './order-search.ts'
import { type AssumedCell, requestsOfComponent } from './ways.ts'

/** What came of looking for a witness in all orders. */
export type OrderWitnessed =
  | { kind: 'found'; witness: Witness }
  | { kind: 'impossible' }
  | { kind: 'undecided' }

/** Components of more rows than this are not searched order by order. */
const mostRows = 5_000

/** How many requests are placed, over all orders: enough for all of them where there are few … */
const mostStepsOfFew = 20_000
const few = 60
/** … and for going straight on, with a few steps back, where there are many. */
const stepsForEach = 3

/**
 * Looks for a witness for the requests of a component in all orders: `impossible` means that under
 * these hypotheses there is none, `undecided` that the search was given up. What is found has been
 * replayed through the plain models.
 */
export function witnessByOrders(
  history: History,
  limits: readonly Limit[],
  bounds: DecisionBounds,
  assumed: readonly AssumedCell[],
  rows: readonly number[],
  allowance: Allowance,
  phasesUs: readonly (PhaseRange | undefined)[] = [],
): OrderWitnessed {
  if (rows.length > mostRows) return { kind: 'undecided' }
  const requests = requestsOfComponent(history, bounds, assumed, rows)
  const maxSteps = rows.length <= few ? mostStepsOfFew : stepsForEach * rows.length
  const hypotheses = assumed.map(({ hypothesis }) => hypothesis)
  const searched = searchOrders(requests, hypotheses, maxSteps, allowance, phasesUs)
  if (searched.kind !== 'found') return searched
  const atUs = new Float64Array(history.count).fill(Number.NaN)
  const order: number[] = []
  for (const { request, atUs: us } of searched.decided) {
    const row = rows[request] as number
    atUs[row] = us
    order.push(row)
  }
  const startOf = (limitIndex: number, scopeValue: string) =>
    searched.startUs[
      assumed.findIndex(({ cell }) => cell.limitIndex === limitIndex && cell.scopeValue === scopeValue)
    ]
  const witness: Witness = {
    atUs,
    order,
    hypotheses: new Map(assumed.map(({ cell, hypothesis }) => [cell.limitIndex, hypothesis])),
    startUs: startOf,
  }
  return replay(history, limits, bounds, rows, witness) === undefined
    ? { kind: 'found', witness }
    : { kind: 'undecided' }
}
