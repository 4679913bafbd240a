import { type History, Outcome } from '../../history/history.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import { Demand, type Evidence, Use } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Meeting, OrderedRequest } from './order-search.ts'

/** A limiter of a component with what is assumed of it. */
export interface AssumedCell {
  cell: Cell
  hypothesis: Hypothesis
}

/**
 * How the outcomes of a component's requests can have come about, exactly: what is accepted was let
 * through by all its limiters, what is limited was refused by at least one (the first of which the
 * response may name), and what is unknown may never have been decided at all.
 * @param rows rows of the history; each touches at least one of the limiters.
 * @param weakened rows that may have had any outcome, or never have been decided.
 */
export function requestsOfComponent(
  history: History,
  bounds: DecisionBounds,
  assumed: readonly AssumedCell[],
  rows: readonly number[],
  weakened: ReadonlySet<number> = new Set(),
): OrderedRequest[] {
  const limitersOf = history.descriptors.map(({ scopes }) =>
    assumed.flatMap(({ cell }, k) => (scopes[cell.limit.scope] === cell.scopeValue ? [k] : [])),
  )
  return rows.map((row) => {
    const limiters = limitersOf[history.descriptor[row] as number] as number[]
    const admitted = limiters.map((limiter): Meeting => ({ limiter, answer: 'admits', counted: true }))
    const outcome = weakened.has(row) ? Outcome.unknown : history.outcome[row]
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    let ways: Meeting[][] = [admitted]
    if (outcome === Outcome.limited) ways = refusals(assumed, limiters, blamed)
    if (outcome === Outcome.unknown) ways = [[], admitted, ...refusals(assumed, limiters, undefined)]
    return {
      loUs: bounds.loUs[row] as number,
      hiUs: bounds.hiUs[row] as number,
      cost: history.cost[row] as number,
      ways,
    }
  })
}

/** Every non-empty set of limiters that can have been full, with what each then did. */
function refusals(
  assumed: readonly AssumedCell[],
  limiters: readonly number[],
  blamed: string | undefined,
): Meeting[][] {
  const inOrder = [...limiters].sort(
    (a, b) => (assumed[a] as AssumedCell).cell.limitIndex - (assumed[b] as AssumedCell).cell.limitIndex,
  )
  const scopeOf = (limiter: number) => (assumed[limiter] as AssumedCell).cell.limit.scope
  const named = blamed !== undefined && inOrder.some((limiter) => scopeOf(limiter) === blamed)
  const ways: Meeting[][] = []
  for (let full = 1; full < 1 << inOrder.length; full++) {
    const isFull = inOrder.map((_, k) => (full & (1 << k)) !== 0)
    const first = isFull.indexOf(true)
    if (named && scopeOf(inOrder[first] as number) !== blamed) continue
    ways.push(
      inOrder.map((limiter, k): Meeting => {
        const { limitedRequests, chargedWhenRefused } = (assumed[limiter] as AssumedCell).hypothesis
        if (isFull[k]) return { limiter, answer: 'refuses', counted: limitedRequests === 'counted' }
        const counted = chargedWhenRefused === 'counted' || (chargedWhenRefused === 'earlier' && k < first)
        return { limiter, answer: 'admits', counted }
      }),
    )
  }
  return ways
}

/**
 * What one limiter by itself has to explain. No less is allowed than its evidence allows, so that
 * `impossible` holds whatever other limits did. With `weakened`, those requests may have had any
 * outcome, or never have been decided.
 * @returns the requests, and for each its index into the evidence.
 */
export function requestsOfEvidence(
  evidence: Evidence,
  hypothesis: Hypothesis,
  weakened: ReadonlySet<number> = new Set(),
): { requests: OrderedRequest[]; indices: number[] } {
  const requests: OrderedRequest[] = []
  const indices: number[] = []
  for (let i = 0; i < evidence.rows.length; i++) {
    const ways = waysAlone(evidence, hypothesis, i, weakened.has(i))
    if (ways.every((way) => way.length === 0)) continue
    indices.push(i)
    requests.push({
      loUs: evidence.loUs[i] as number,
      hiUs: evidence.hiUs[i] as number,
      cost: evidence.cost[i] as number,
      ways,
    })
  }
  return { requests, indices }
}

function waysAlone(evidence: Evidence, hypothesis: Hypothesis, i: number, weakened: boolean): Meeting[][] {
  const use = evidence.use[i] as Use
  // Something that the history does not show may have filled it.
  const hidden = (evidence.loUs[i] as number) < evidence.hiddenUseUntilUs
  const demand = hidden && evidence.demand[i] === Demand.refuse ? Demand.none : evidence.demand[i]
  const meets = (answer: Meeting['answer'], counted: boolean): Meeting[] => [{ limiter: 0, answer, counted }]
  const uses = use === Use.surely ? [true] : use === Use.never ? [false] : [false, true]
  const mayBeCounted = [[], meets('admits', true)]
  if (hypothesis.limitedRequests === 'counted') mayBeCounted.push(meets('refuses', true))
  if (weakened) return use === Use.never ? [] : mayBeCounted
  switch (demand) {
    case Demand.admit:
      return [meets('admits', true)]
    case Demand.refuse:
      return uses.map((counted) => meets('refuses', counted))
    case Demand.vacant:
      return uses.map((counted) => meets('admits', counted))
    default:
      if (use === Use.never) return []
      return use === Use.surely ? [meets('any', true)] : mayBeCounted
  }
}
