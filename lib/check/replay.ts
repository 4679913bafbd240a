import { type History, Outcome } from '../history/history.ts'
import { createHierarchy, createLimiter } from '../limiters/index.ts'
import type { Limit } from '../spec/index.ts'
import type { Hypothesis } from './hypothesis.ts'

/** An explanation of a history: who was decided when, by which limiters. */
export interface Witness {
  /** The decision instant of each row of the history; NaN for a request that was never counted. */
  atUs: Float64Array
  /** What each limit turned out to be; by index in the list of limits. */
  hypotheses: ReadonlyMap<number, Hypothesis>
  /** Fixed windows: an instant at which a window of this limit and scope value starts. */
  startUs(limitIndex: number, scopeValue: string): number | undefined
}

/**
 * Plays a witness through the plain limiter models and compares every outcome. Shares nothing with
 * the search that found the witness.
 * @returns the first row whose outcome differs, or `undefined` where the witness holds.
 */
export function replay(
  history: History,
  limits: readonly Limit[],
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
          }),
      },
    ]
  })
  const hierarchy = createHierarchy(enforced)
  const refusedLast = (row: number) => Number(history.outcome[row] === Outcome.limited)
  const order = rows
    .filter((row) => !Number.isNaN(witness.atUs[row]))
    .sort(
      (a, b) =>
        (witness.atUs[a] as number) - (witness.atUs[b] as number) || refusedLast(a) - refusedLast(b) || a - b,
    )
  for (const row of order) {
    const scopes = (
      history.descriptors[history.descriptor[row] as number] as { scopes: Record<string, string> }
    ).scopes
    const decision = hierarchy.decide({
      scopes,
      atUs: witness.atUs[row] as number,
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
