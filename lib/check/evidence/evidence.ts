import { type Costs, type History, Outcome } from '../../history/history.ts'
import { isBucket } from '../../spec/bucket.ts'
import { saturates } from '../../spec/saturates.ts'
import type { DecisionBounds } from './bounds.ts'
import type { Cell } from './cell.ts'
import { fullAgainUs } from './full-again.ts'
import { giveBack } from './give-back.ts'
import { type Hypothesis, refusalsAreFree } from './hypothesis.ts'
import type { Refusers } from './refusers.ts'
import { placesBy } from './sorted-by.ts'

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
  cost: Costs
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

/** The requests that met one limiter, whatever is supposed of it: rows of the history, ascending by `loUs`. */
export type Requests = Pick<Evidence, 'rows' | 'loUs' | 'hiUs' | 'cost' | 'unitCost'>

/** Reads off a history which requests met a limiter, and when they can have been decided. */
export function requestsOf(history: History, bounds: DecisionBounds, cell: Cell): Requests {
  const n = cell.rows.length
  const inFile = new Float64Array(n)
  for (let k = 0; k < n; k++) inFile[k] = bounds.lo(cell.rows[k] as number)
  // Places in the cell, which become rows of the history.
  const rows = placesBy(inFile)
  const loUs = new Float64Array(n)
  const hiUs = new Float64Array(n)
  const unitCost = commonCost(history, cell)
  // Where all cost the same, it does not matter in which order their costs stand.
  const shared = unitCost !== undefined && n === history.count
  const cost = shared ? history.cost.subarray(0, n) : emptyCosts(history, n)
  for (let i = 0; i < n; i++) {
    const place = rows[i] as number
    const row = cell.rows[place] as number
    rows[i] = row
    loUs[i] = inFile[place] as number
    hiUs[i] = bounds.hi(row)
    if (!shared) cost[i] = history.cost[row] as number
  }
  giveBack(inFile)
  return { rows, loUs, hiUs, cost, unitCost }
}

/** What each request of a limiter costs, where that is the same for all; 1 where there are none. */
function commonCost({ cost }: History, { rows }: Cell): number | undefined {
  const common = rows.length > 0 ? cost[rows[0] as number] : 1
  for (let k = 0; k < rows.length; k++) if (cost[rows[k] as number] !== common) return undefined
  return common
}

function emptyCosts({ cost }: History, count: number): Costs {
  return cost instanceof Uint8Array ? new Uint8Array(count) : new Float64Array(count)
}

/** The requests that met one limiter, with what each of their outcomes demands of it: the same under every hypothesis. */
export interface Demanded extends Requests {
  demand: Uint8Array
  /** The lower bound of the first request that is left out; infinite where none is. */
  endUs: number
}

/**
 * What is demanded of a limiter.
 * @param count only the first so many requests: what is demanded begins so. A decision depends on what was
 * decided before it alone, so that what speaks against a hypothesis here does so in the whole as well,
 * if nothing is demanded of the requests that may have been decided after the first one left out.
 */
export function demandedOf(
  history: History,
  cell: Cell,
  refusers: Refusers,
  all: Requests,
  count: number,
): Demanded {
  // What is worked out about all rows once, by whoever asks, is known by this very column.
  const rows = count === all.rows.length ? all.rows : all.rows.subarray(0, count)
  const hiUs = all.hiUs.subarray(0, count)
  const loUs = all.loUs.subarray(0, count)
  const cost = all.cost.subarray(0, count)
  const endUs = all.loUs[count] ?? Number.POSITIVE_INFINITY
  const demand = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    if ((hiUs[i] as number) >= endUs) continue
    const row = rows[i] as number
    const outcome = history.outcome[row] as Outcome
    if (outcome === Outcome.accepted) demand[i] = Demand.admit
    else if (outcome === Outcome.limited) demand[i] = demandOfRefused(cell, refusers.of(row), row, refusers)
  }
  return { rows, loUs, hiUs, cost, unitCost: all.unitCost, demand, endUs }
}

/** What one limiter has to explain under a hypothesis, of what is demanded of it. */
export function evidenceFor(
  history: History,
  bounds: DecisionBounds,
  cell: Cell,
  hypothesis: Hypothesis,
  refusers: Refusers,
  { rows, loUs, hiUs, cost, unitCost, demand, endUs }: Demanded,
): Evidence {
  const use = new Uint8Array(rows.length)
  for (let i = 0; i < use.length; i++) {
    const row = rows[i] as number
    const outcome = history.outcome[row] as Outcome
    if (outcome === Outcome.accepted) use[i] = Use.surely
    else if (outcome === Outcome.unknown) use[i] = Use.maybe
    else use[i] = useOfRefused(cell, refusers.of(row), row, hypothesis, refusers, unitCost !== undefined)
  }
  const hiddenUseUntilUs = hiddenUseUntil(cell, bounds, hypothesis, { loUs, cost, use }, endUs)
  return { rows, loUs, hiUs, cost, demand, use, unitCost, hiddenUseUntilUs }
}

function hiddenUseUntil(
  { limit, rows }: Cell,
  bounds: DecisionBounds,
  hypothesis: Hypothesis,
  uses: Pick<Evidence, 'loUs' | 'cost' | 'use'>,
  endUs: number,
): number {
  const { algorithm, windowUs } = hypothesis
  if (limit.foreignTraffic === 'possible') return Number.POSITIVE_INFINITY
  if (limit.startsEmpty) return Number.NEGATIVE_INFINITY
  // A bucket that counts refusals may have begun as far below empty as you like.
  if (isBucket(algorithm) && !refusalsAreFree(hypothesis)) return Number.POSITIVE_INFINITY
  let firstUs = Number.POSITIVE_INFINITY
  for (const row of rows) firstUs = Math.min(firstUs, bounds.hi(row))
  if (isBucket(algorithm)) return fullAgainUs(firstUs, uses, hypothesis, endUs)
  // A hit before the first request counts in its window, and through a counter in the next one.
  return firstUs + 2 * windowUs
}

function demandOfRefused(cell: Cell, candidates: readonly Cell[], row: number, refusers: Refusers): Demand {
  if (candidates.length === 1 && candidates[0] === cell) return Demand.refuse
  // No limiter can be full: the refusal is nobody's, so each of them has to answer for it.
  if (candidates.length === 0) return Demand.refuse
  if (refusers.named(row) && candidates.every((c) => c.limitIndex > cell.limitIndex)) return Demand.vacant
  return Demand.none
}

function useOfRefused(
  cell: Cell,
  candidates: readonly Cell[],
  row: number,
  h: Hypothesis,
  refusers: Refusers,
  equalCosts: boolean,
): Use {
  const own = h.limitedRequests === 'counted'
  if (candidates.length === 1 && candidates[0] === cell) return own ? Use.surely : Use.never
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

/** Worked out once, whoever asks: they are many. */
const refusalsKnown = new WeakMap<Uint8Array, Uint32Array>()

/** The requests that a limiter surely refused, ascending by lower bound: indices into the evidence. */
export function refusalsIn({ demand }: Pick<Evidence, 'demand'>): Uint32Array {
  let refusals = refusalsKnown.get(demand)
  if (!refusals) {
    refusals = placesOf(demand, Demand.refuse)
    refusalsKnown.set(demand, refusals)
  }
  return refusals
}

/** How often a code stands there. */
export function countOf(codes: Uint8Array, code: number): number {
  let count = 0
  for (let i = 0; i < codes.length; i++) if (codes[i] === code) count++
  return count
}

/** The places, ascending, at which one of these codes stands. */
export function placesOf(codes: Uint8Array, one: number, orOther = one): Uint32Array {
  const places = new Uint32Array(countOf(codes, one) + (orOther === one ? 0 : countOf(codes, orOther)))
  let next = 0
  for (let i = 0; i < codes.length; i++) if (codes[i] === one || codes[i] === orOther) places[next++] = i
  return places
}

/** Those of some rows for which something holds, in their order, in no more memory than they take. */
export function rowsWhere(
  rows: ArrayLike<number>,
  holds: (row: number) => boolean,
): Uint32Array<ArrayBuffer> {
  let count = 0
  for (let k = 0; k < rows.length; k++) if (holds(rows[k] as number)) count++
  const found = new Uint32Array(count)
  let next = 0
  for (let k = 0; next < count; k++) {
    const row = rows[k] as number
    if (holds(row)) found[next++] = row
  }
  return found
}

/** A column at some places, in their order. */
export function valuesAt(values: Float64Array, places: Uint32Array): Float64Array<ArrayBuffer> {
  const found = new Float64Array(places.length)
  for (let k = 0; k < places.length; k++) found[k] = values[places[k] as number] as number
  return found
}
