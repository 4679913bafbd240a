import { type History, Outcome } from '../../history/history.ts'
import { createHierarchy, createLimiter } from '../../limiters/index.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { sortedBy } from '../evidence/sorted-by.ts'

/** An explanation of a history: who was decided when, by which limiters. */
export interface Witness {
  /** The decision instant of each row of the history; NaN for a request that was never counted. */
  atUs: Float64Array
  /**
   * The rows that were decided, in that order. Where it is missing they are taken by their instants,
   * at the same instant those let through before those refused.
   */
  order?: readonly number[]
  /** What each limit turned out to be; by index in the list of limits. */
  hypotheses: ReadonlyMap<number, Hypothesis>
  /** Where windows follow one another, or refills: an instant at which one of this limit and scope value starts. */
  startUs(limitIndex: number, scopeValue: string): number | undefined
}

/**
 * Plays a witness through the plain limiter models and compares every outcome, having checked that
 * every instant lies within its bounds and that nothing with a known outcome is left out. Shares
 * nothing with the search that found the witness.
 * @returns the first row whose outcome differs, or `undefined` where the witness holds.
 */
export function replay(
  history: History,
  limits: readonly Limit[],
  bounds: DecisionBounds,
  rows: readonly number[],
  witness: Witness,
): number | undefined {
  const enforced = limits.flatMap((limit, index) => {
    const hypothesis = witness.hypotheses.get(index)
    if (!hypothesis) return []
    const { algorithm, windowUs, limitedRequests, chargedWhenRefused } = hypothesis
    return [
      {
        name: limit.name,
        scope: limit.scope,
        limitedRequests,
        chargedWhenRefused,
        model: (scopeValue: string) =>
          createLimiter(algorithm, {
            limit: hypothesis.limit,
            windowUs,
            phaseUs: witness.startUs(index, scopeValue) ?? 0,
            rounding: hypothesis.rounding,
            refillTickUs: hypothesis.refillTickUs,
          }),
      },
    ]
  })
  const hierarchy = createHierarchy(enforced)
  const atUs = (row: number) => witness.atUs[row] as number
  const decided = new Uint32Array(rows.length)
  let count = 0
  /** At the same instant those let through come before those refused. */
  for (const refused of [false, true]) {
    for (const row of rows) {
      if ((history.outcome[row] === Outcome.limited) !== refused) continue
      if (Number.isNaN(atUs(row))) {
        if (history.outcome[row] !== Outcome.unknown) return row
      } else if (atUs(row) >= (bounds.loUs[row] as number) && atUs(row) <= (bounds.hiUs[row] as number)) {
        decided[count++] = row
      } else {
        return row
      }
    }
  }
  const scheduled = decided.subarray(0, count)
  const order = witness.order ?? sortedBy(scheduled, witness.atUs)
  if (!isEachOnce(history.count, scheduled, order)) return scheduled[0]
  let lastUs = Number.NEGATIVE_INFINITY
  for (const row of order) {
    if (atUs(row) < lastUs) return row
    lastUs = atUs(row)
    const scopes = (
      history.descriptors[history.descriptor[row] as number] as { scopes: Record<string, string> }
    ).scopes
    const decision = hierarchy.decide({
      scopes,
      atUs: lastUs,
      cost: history.cost[row] as number,
    })
    if (history.outcome[row] === Outcome.unknown) continue
    if (decision.admitted !== (history.outcome[row] === Outcome.accepted)) return row
    const blamed = history.scopeNames[history.limitedBy[row] as number]
    if (decision.refusedBy === undefined || blamed === undefined) continue
    const known = enforced.some(({ scope }) => scope === blamed && scopes[scope] !== undefined)
    if (known && enforced[decision.refusedBy]?.scope !== blamed) return row
  }
  return undefined
}

/** Does an order name each of these rows once, and no other? */
function isEachOnce(count: number, rows: Uint32Array, order: ArrayLike<number> & Iterable<number>): boolean {
  if (order.length !== rows.length) return false
  const open = new Uint8Array(count)
  for (const row of rows) open[row] = 1
  for (const row of order) {
    if (open[row] !== 1) return false
    open[row] = 0
  }
  return true
}
