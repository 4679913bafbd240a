import { type History, Outcome } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import { type Evidence, rowsWhere } from '../evidence/evidence.ts'
import { type Hypothesis, phasePeriodUs, refusalsAreFree } from '../evidence/hypothesis.ts'
import type { Refusers } from '../evidence/refusers.ts'
import { replay, type Witness } from '../replay/replay.ts'
import { Afresh } from './afresh.ts'
import { combinations } from './combinations.ts'
import { type Fullness, fullnessOf } from './fullness.ts'
import { giveBackUses, type Limiter, settle } from './settle.ts'

/** One limiter of a component, with what is assumed of it and where its window may start. */
export interface Assumed {
  cell: Cell
  hypothesis: Hypothesis
  evidence: Evidence
  /** Fixed windows: instants to try as a window's start. Ignored for the others. */
  startsUs: readonly number[]
}

/** How often the limiters of a component are settled in turn before a combination is given up. */
const maxRounds = 400

/**
 * Looks for decision instants that explain the requests of a component under one hypothesis for
 * each of its limits. What it returns has been replayed through the plain models; that it returns
 * nothing proves nothing.
 * @param together instants to try first as a start of everybody's windows.
 */
export function findWitness(
  history: History,
  limits: readonly Limit[],
  bounds: DecisionBounds,
  assumed: readonly Assumed[],
  refusers: Refusers,
  together: readonly number[] = [],
): Witness | undefined {
  // Of a limiter whose windows start nowhere that is left, there is nothing to try.
  if (assumed.some(({ hypothesis, startsUs }) => phasePeriodUs(hypothesis) !== undefined && !startsUs.length))
    return undefined
  const rows = rowsExplained(history, assumed, refusers)
  const hypotheses = new Map(assumed.map(({ cell, hypothesis }) => [cell.limitIndex, hypothesis]))
  for (const starts of startsToTry(assumed, together)) {
    const latestUs = assumed.length > 1 ? bounds.hiUs.slice() : undefined
    const limiters = new Map(
      assumed.map(({ cell, hypothesis, evidence }, k): [Cell, Limiter] => [
        cell,
        { evidence, hypothesis, startUs: starts[k], latestUs },
      ]),
    )
    const atUs = schedule(history, bounds, rows, limiters, refusers)
    for (const { settledUses } of limiters.values()) if (settledUses) giveBackUses(settledUses)
    if (!atUs) continue
    const startsUs = new Map(
      [...limiters].map(([cell, { startUs }]) => [`${cell.limitIndex} ${cell.scopeValue}`, startUs]),
    )
    const startOf = (limitIndex: number, scopeValue: string) => startsUs.get(`${limitIndex} ${scopeValue}`)
    const witness: Witness = { atUs, hypotheses, startUs: startOf }
    if (replay(history, limits, bounds, rows, witness) === undefined) return witness
  }
  return undefined
}

function* startsToTry(
  assumed: readonly Assumed[],
  together: readonly number[],
): Generator<(number | undefined)[]> {
  for (const us of together) yield assumed.map(({ startsUs }) => (startsUs.length > 0 ? us : undefined))
  yield* combinations(assumed.map(({ startsUs }) => (startsUs.length > 0 ? startsUs : [undefined])))
}

/** The rows that the limiters of a witness have to explain: all that none outside of it may have refused. */
export function rowsToExplain(
  history: History,
  assumed: readonly { cell: Cell }[],
  refusers: Refusers,
): number[] {
  return Array.from(rowsExplained(history, assumed, refusers))
}

/** The same in a column: histories have millions. Those of one limiter stand by their lower bounds where these are known. */
function rowsExplained(
  history: History,
  assumed: readonly { cell: Cell; evidence?: Evidence }[],
  refusers: Refusers,
): Uint32Array {
  const known = new Set(assumed.map(({ cell }) => cell))
  const [alone] = assumed.length === 1 ? assumed : []
  if (alone?.evidence) return ofOne(history, alone.evidence.rows, known, refusers)
  const taken = new Uint8Array(history.count)
  const rows = new Uint32Array(history.count)
  let count = 0
  const isToExplain = explainedBy(history, known, refusers)
  for (const { cell } of assumed) {
    for (let k = 0; k < cell.rows.length; k++) {
      const row = cell.rows[k] as number
      if (taken[row] === 1) continue
      taken[row] = 1
      if (isToExplain(row)) rows[count++] = row
    }
  }
  return rows.subarray(0, count)
}

/** The same of one limiter: all its rows, as they stand, where there are none that another may have refused. */
function ofOne(
  history: History,
  rows: Uint32Array,
  known: ReadonlySet<Cell>,
  refusers: Refusers,
): Uint32Array {
  const isToExplain = explainedBy(history, known, refusers)
  return rows.every(isToExplain) ? rows : rowsWhere(rows, isToExplain)
}

/** Whether a row is one that these limiters have to explain: no other may have refused it. */
function explainedBy({ outcome }: History, known: ReadonlySet<Cell>, refusers: Refusers) {
  // Rows share few lists of refusers, mostly the last one.
  let list: readonly Cell[] = []
  let allKnown = true
  return (row: number): boolean => {
    if (outcome[row] !== Outcome.limited) return true
    const cells = refusers.of(row)
    if (cells !== list) {
      list = cells
      allKnown = cells.every((one) => known.has(one))
    }
    return allKnown
  }
}

function schedule(
  history: History,
  bounds: DecisionBounds,
  rows: Uint32Array,
  limiters: ReadonlyMap<Cell, Limiter>,
  refusers: Refusers,
): Float64Array | undefined {
  const atUs = earliestInstants(history, bounds, rows)
  const refusalsOnlyWatch = [...limiters.values()].every(({ hypothesis }) => refusalsAreFree(hypothesis))
  const afresh = new Afresh(limiters.values())
  for (let round = 0; round < maxRounds; round++) {
    let changed = false
    for (const limiter of afresh.inTurn) {
      const settled = settle(limiter, atUs)
      if (settled !== 'unchanged') changed = true
      if (settled !== 'impossible') continue
      if (!afresh.beginAgain(bounds, rows, atUs)) return undefined
      break
    }
    if (changed) continue
    const moved = moveRefused(history, bounds, rows, limiters, refusers, atUs)
    if (moved === 'impossible') return undefined
    // Where refused requests use nothing up, moving them changes nothing for anybody else.
    if (moved === 'unchanged' || refusalsOnlyWatch) return atUs
  }
  return undefined
}

/** Where the decisions of some rows begin to be looked for: NaN for requests that nobody knows to have been decided. */
function earliestInstants(
  { count, outcome }: History,
  bounds: DecisionBounds,
  rows: Uint32Array,
): Float64Array {
  const atUs = new Float64Array(count)
  const earliestUs = (row: number) => (outcome[row] === Outcome.unknown ? Number.NaN : bounds.lo(row))
  if (rows.length === count) {
    // All of them, which are millions: as they stand in the file, for no row is asked for twice then.
    for (let row = 0; row < count; row++) atUs[row] = earliestUs(row)
    return atUs
  }
  atUs.fill(Number.NaN)
  for (let k = 0; k < rows.length; k++) atUs[rows[k] as number] = earliestUs(rows[k] as number)
  return atUs
}

/** Moves each refused request to the earliest instant at which a limiter that may refuse it is full. */
function moveRefused(
  history: History,
  bounds: DecisionBounds,
  rows: Uint32Array,
  limiters: ReadonlyMap<Cell, Limiter>,
  refusers: Refusers,
  atUs: Float64Array,
): 'unchanged' | 'changed' | 'impossible' {
  const [lone] = limiters.size === 1 ? limiters.values() : []
  if (lone) return moveRefusedByOne(history, bounds, rows, fullnessOf(lone, atUs), refusers, atUs)
  const fullness = new Map([...limiters].map(([cell, limiter]) => [cell, fullnessOf(limiter, atUs)]))
  let changed = false
  for (const row of rows) {
    if (history.outcome[row] !== Outcome.limited) continue
    const cost = history.cost[row] as number
    const from = atUs[row] as number
    const to = bounds.hi(row)
    const candidates = refusers.of(row)
    const before =
      limiters.size > 1 && refusers.named(row) ? metBefore(history, row, candidates, limiters) : []
    const found = firstRefused(fullness, candidates, before, from, to, cost)
    if (found === undefined) return 'impossible'
    if (found === from) continue
    atUs[row] = found
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The same of one limiter, which has made every refusal that anybody can have made. */
function moveRefusedByOne(
  { outcome, cost }: History,
  bounds: DecisionBounds,
  rows: Uint32Array,
  fullness: Fullness,
  refusers: Refusers,
  atUs: Float64Array,
): 'unchanged' | 'changed' | 'impossible' {
  let changed = false
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (outcome[row] !== Outcome.limited) continue
    const from = atUs[row] as number
    const found = fullness.firstFull(from, bounds.hi(row), cost[row] as number)
    if (found === undefined || refusers.of(row).length === 0) return 'impossible'
    if (found === from) continue
    atUs[row] = found
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

/** The first instant at which one of the candidates is full, and none of those before them. */
function firstRefused(
  fullness: ReadonlyMap<Cell, Fullness>,
  candidates: readonly Cell[],
  before: readonly Cell[],
  fromUs: number,
  toUs: number,
  cost: number,
): number | undefined {
  for (let from: number | undefined = fromUs; from !== undefined; ) {
    let us = Number.POSITIVE_INFINITY
    for (const cell of candidates) us = Math.min(us, fullness.get(cell)?.firstFull(from, toUs, cost) ?? us)
    if (us === Number.POSITIVE_INFINITY) return undefined
    const inTheWay = before.find((cell) => fullness.get(cell)?.isFull(us, cost))
    if (!inTheWay) return us
    from = fullness.get(inTheWay)?.firstOpen(us, toUs, cost)
  }
  return undefined
}

/** The limiters that a request meets before those that may have refused it. */
function metBefore(
  history: History,
  row: number,
  candidates: readonly Cell[],
  limiters: ReadonlyMap<Cell, Limiter>,
): Cell[] {
  const first = Math.min(...candidates.map(({ limitIndex }) => limitIndex))
  const scopes = history.descriptors[history.descriptor[row] as number]?.scopes
  return [...limiters.keys()].filter(
    ({ limitIndex, limit, scopeValue }) => limitIndex < first && scopes?.[limit.scope] === scopeValue,
  )
}
