import { type History, Outcome } from '../../history/history.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { type Enumerated, Enumeration, type Option } from './enumeration.ts'

/**
 * Checks a proof by exhaustion again: does any order of the requests, with any instants and phase,
 * make one limiter answer as it did? Plain enumeration, every constraint worked out anew along every
 * order; it shares only types with the search.
 * @param rows the rows whose outcomes count; all others may have been counted, or not.
 * @param mostOrders how many beginnings of orders are looked at.
 * @returns `undefined` where that was not enough to say.
 */
export function someOrderExplains(
  evidence: Evidence,
  hypothesis: Hypothesis,
  rows: ReadonlySet<number>,
  mostOrders: number,
): boolean | undefined {
  const requests = Array.from(evidence.rows, (row, i): Enumerated => {
    const use = evidence.use[i]
    const uses = use === 1 ? [true] : use === 0 ? [false] : [false, true]
    const hidden = (evidence.loUs[i] as number) < evidence.hiddenUseUntilUs
    const told = rows.has(row)
    const demand = told ? (evidence.demand[i] as number) : 0
    const whenFull = hypothesis.limitedRequests === 'counted' || (told && use === 1)
    const options: Option[] =
      demand === 1 || demand === 3
        ? uses.map((counted) => [{ limiter: 0, admitted: true, counted }])
        : demand === 2 && !hidden
          ? uses.map((counted) => [{ limiter: 0, admitted: false, counted }])
          : use === 0
            ? []
            : [[{ limiter: 0, admitted: whenFull ? undefined : true, counted: true }]]
    // What surely used the limit up, and whose outcome counts for nothing else, is not left out.
    const mayBeLeftOut = !(told && use === 1) && (demand === 0 || (demand === 2 && hidden))
    return {
      loUs: evidence.loUs[i] as number,
      hiUs: evidence.hiUs[i] as number,
      cost: evidence.cost[i] as number,
      options,
      mayBeLeftOut,
    }
  })
  return enumerate(requests, [hypothesis], mostOrders)
}

/**
 * The same for several limiters that share requests, under one hypothesis for each.
 * @param told the rows whose outcomes count; `rows` are all that the limiters met.
 */
export function someOrderExplainsTogether(
  history: History,
  bounds: DecisionBounds,
  limiters: readonly { cell: Cell; hypothesis: Hypothesis }[],
  rows: readonly number[],
  told: ReadonlySet<number>,
  mostOrders: number,
): boolean | undefined {
  const requests = rows.map((row): Enumerated => {
    const { scopes } = history.descriptors[
      history.descriptor[row] as number
    ] as History['descriptors'][number]
    const met = limiters
      .map(({ cell, hypothesis }, limiter) => ({ cell, hypothesis, limiter }))
      .filter(({ cell }) => scopes[cell.limit.scope] === cell.scopeValue)
      .sort((a, b) => a.cell.limitIndex - b.cell.limitIndex)
    const outcome = told.has(row) ? history.outcome[row] : Outcome.unknown
    const blamed =
      outcome === Outcome.limited ? history.scopeNames[history.limitedBy[row] as number] : undefined
    const named = met.some(({ cell }) => cell.limit.scope === blamed)
    const options: Option[] = []
    for (let bits = 0; bits < 2 ** met.length; bits++) {
      const refuses = met.map((_, k) => Math.floor(bits / 2 ** k) % 2 === 1)
      const first = refuses.indexOf(true)
      if (outcome === Outcome.accepted && first >= 0) continue
      if (outcome === Outcome.limited && first < 0) continue
      if (named && first >= 0 && met[first]?.cell.limit.scope !== blamed) continue
      options.push(
        met.map(({ limiter, hypothesis: { limitedRequests, chargedWhenRefused } }, k) => {
          if (first < 0) return { limiter, admitted: true, counted: true }
          if (refuses[k]) return { limiter, admitted: false, counted: limitedRequests === 'counted' }
          const charged = { counted: true, free: false, earlier: k < first }[chargedWhenRefused]
          return { limiter, admitted: true, counted: charged }
        }),
      )
    }
    return {
      loUs: bounds.loUs[row] as number,
      hiUs: bounds.hiUs[row] as number,
      cost: history.cost[row] as number,
      options,
      mayBeLeftOut: outcome === Outcome.unknown,
    }
  })
  const hypotheses = limiters.map(({ hypothesis }) => hypothesis)
  return enumerate(requests, hypotheses, mostOrders)
}

function enumerate(
  requests: readonly Enumerated[],
  hypotheses: readonly Hypothesis[],
  mostOrders: number,
): boolean | undefined {
  const enumeration = new Enumeration(requests, hypotheses, mostOrders)
  const found = enumeration.goOn(enumeration.beginning())
  return found ? true : enumeration.left <= 0 ? undefined : false
}
