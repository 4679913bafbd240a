import { type History, Outcome } from '../../history/history.ts'
import { createLimiter, type LimiterModel } from '../../limiters/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import { placesOf } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { sortBy } from '../evidence/sorted-by.ts'

/** Whether a refused request waits, as long as it can, for an instant at which nothing, or something, counts it. */
export const Waits = { not: 0, untilUncounted: 1, untilCounted: 2 } as const

/** One limiter of a component, as it is played. */
export interface PlayedLimiter {
  cell: Cell
  hypothesis: Hypothesis
  model: LimiterModel
  /** Where there is a phase: some instant at which a window starts, or a bucket is refilled. */
  startUs: number | undefined
}

/** The requests of a component, ascending by their lower bound: an index stands for a request. */
export interface PlayedRequests {
  rows: Uint32Array
  loUs: Float64Array
  hiUs: Float64Array
  cost: Float64Array
  outcome: Uint8Array
  /** Those of which nobody knows whether they were let through, ascending. */
  unknown: Uint32Array
  /** The limiters that each meets, in the order of the limits: indices into the list of limiters. */
  meets: readonly (readonly number[])[]
  /** The limiter that the answer blames, or -1. */
  blamed: Int16Array
  /** The longest that one can have been under way. */
  longestUs: number
}

export function playedLimiter(
  cell: Cell,
  hypothesis: Hypothesis,
  startUs: number | undefined,
): PlayedLimiter {
  const { algorithm, limit, windowUs, rounding, refillTickUs } = hypothesis
  return {
    cell,
    hypothesis,
    startUs,
    model: createLimiter(algorithm, { limit, windowUs, phaseUs: startUs ?? 0, rounding, refillTickUs }),
  }
}

/** @param rows those that the cells have to explain. */
export function playedRequests(
  history: History,
  bounds: DecisionBounds,
  cells: readonly Cell[],
  rows: readonly number[],
): PlayedRequests {
  const order = sortBy(Uint32Array.from(rows).sort(), bounds.loUs)
  const n = order.length
  const loUs = new Float64Array(n)
  const hiUs = new Float64Array(n)
  const cost = new Float64Array(n)
  const outcome = new Uint8Array(n)
  const blamed = new Int16Array(n)
  const meetsOf = history.descriptors.map(({ scopes }) =>
    cells
      .flatMap(({ limit, scopeValue }, k) => (scopes[limit.scope] === scopeValue ? [k] : []))
      .sort((a, b) => (cells[a] as Cell).limitIndex - (cells[b] as Cell).limitIndex),
  )
  const blamedOf = meetsOf.map((met) =>
    history.scopeNames.map((scope) => met.find((k) => cells[k]?.limit.scope === scope) ?? -1),
  )
  const meets: (readonly number[])[] = new Array(n)
  let longestUs = 0
  for (let i = 0; i < n; i++) {
    const row = order[i] as number
    const descriptor = history.descriptor[row] as number
    loUs[i] = bounds.loUs[row] as number
    hiUs[i] = bounds.hiUs[row] as number
    cost[i] = history.cost[row] as number
    outcome[i] = history.outcome[row] as number
    meets[i] = meetsOf[descriptor] as number[]
    blamed[i] =
      outcome[i] === Outcome.limited ? (blamedOf[descriptor]?.[history.limitedBy[row] as number] ?? -1) : -1
    if (outcome[i] !== Outcome.unknown)
      longestUs = Math.max(longestUs, (hiUs[i] as number) - (loUs[i] as number))
  }
  const unknown = placesOf(outcome, Outcome.unknown)
  return { rows: order, loUs, hiUs, cost, outcome, unknown, meets, blamed, longestUs }
}
