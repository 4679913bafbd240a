import { type History, Outcome } from '../../history/history.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { type Hypothesis, phasePeriodUs } from '../evidence/hypothesis.ts'
import type { Refusers } from '../evidence/refusers.ts'
import { firstAbove } from '../evidence/search.ts'
import { replay, type Witness } from '../replay/replay.ts'
import { fullness, type Limiter, settle } from './settle.ts'

/** One limiter of a component, with what is assumed of it and where its window may start. */
export interface Assumed {
  cell: Cell
  hypothesis: Hypothesis
  evidence: Evidence
  /** Fixed windows: instants to try as a window's start. Ignored for the others. */
  startsUs: readonly number[]
}

/** How many combinations of window starts are tried for one set of hypotheses. */
const maxCombinations = 48

/** How often the limiters of a component are settled in turn before a combination is given up. */
const maxRounds = 400

/**
 * Looks for decision instants that explain the requests of a component under one hypothesis for
 * each of its limits. What it returns has been replayed through the plain models; that it returns
 * nothing proves nothing.
 */
export function findWitness(
  history: History,
  limits: readonly Limit[],
  bounds: DecisionBounds,
  assumed: readonly Assumed[],
  refusers: Refusers,
): Witness | undefined {
  const rows = rowsToExplain(history, assumed, refusers)
  const hypotheses = new Map(assumed.map(({ cell, hypothesis }) => [cell.limitIndex, hypothesis]))
  for (const starts of combinations(
    assumed.map(({ startsUs }) => (startsUs.length > 0 ? startsUs : [undefined])),
  )) {
    const limiters = new Map(
      assumed.map(({ cell, hypothesis, evidence }, k): [Cell, Limiter] => [
        cell,
        { evidence, hypothesis, startUs: starts[k] },
      ]),
    )
    const atUs = schedule(history, bounds, rows, limiters, refusers)
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

/** The rows that the limiters of a witness have to explain: all that none outside of it may have refused. */
export function rowsToExplain(
  history: History,
  assumed: readonly { cell: Cell }[],
  refusers: Refusers,
): number[] {
  const known = new Set(assumed.map(({ cell }) => cell))
  const taken = new Uint8Array(history.count)
  const rows: number[] = []
  for (const { cell } of assumed) {
    for (const row of cell.rows) {
      if (taken[row] === 1) continue
      taken[row] = 1
      if (history.outcome[row] !== Outcome.limited || refusers.of(row).every((one) => known.has(one))) {
        rows.push(row)
      }
    }
  }
  return rows
}

/** Every limiter's first start together, then one limiter's others at a time, then mixtures. */
export function* combinations<Start>(choices: readonly (readonly Start[])[]): Generator<Start[]> {
  let given = 0
  const total = choices.reduce((product, { length }) => product * length, 1)
  const strides = choices.map((_, k) =>
    choices.slice(0, k).reduce((product, { length }) => product * length, 1),
  )
  for (let n = 0; n < total && given < maxCombinations; n++, given++) {
    yield choices.map((starts, k) => starts[Math.floor(n / (strides[k] as number)) % starts.length] as Start)
  }
}

function schedule(
  history: History,
  bounds: DecisionBounds,
  rows: readonly number[],
  limiters: ReadonlyMap<Cell, Limiter>,
  refusers: Refusers,
): Float64Array | undefined {
  const atUs = new Float64Array(history.count).fill(Number.NaN)
  for (const row of rows) if (history.outcome[row] !== Outcome.unknown) atUs[row] = bounds.loUs[row] as number
  for (let round = 0; round < maxRounds; round++) {
    let changed = false
    for (const limiter of limiters.values()) {
      const settled = settle(limiter, atUs)
      if (settled === 'impossible') return undefined
      if (settled === 'changed') changed = true
    }
    if (changed) continue
    const moved = moveRefused(history, bounds, rows, limiters, refusers, atUs)
    if (moved === 'impossible') return undefined
    if (moved === 'unchanged') return atUs
  }
  return undefined
}

/** Moves each refused request to the earliest instant at which a limiter that may refuse it is full. */
function moveRefused(
  history: History,
  bounds: DecisionBounds,
  rows: readonly number[],
  limiters: ReadonlyMap<Cell, Limiter>,
  refusers: Refusers,
  atUs: Float64Array,
): 'unchanged' | 'changed' | 'impossible' {
  const fullAt = new Map([...limiters].map(([cell, limiter]) => [cell, fullness(limiter, atUs)]))
  const accepted = rows.filter((row) => history.outcome[row] === Outcome.accepted)
  const users = new Float64Array(accepted.length)
  for (let k = 0; k < accepted.length; k++) users[k] = atUs[accepted[k] as number] as number
  users.sort()
  const boundaries = [...limiters.values()]
  const isFull = new Map([...limiters].map(([cell, limiter]) => [limiter, fullAt.get(cell)]))
  /** Is a limiter full that may refuse a row, and none before it in the list of which the answer knows? */
  const refuses = (row: number, candidates: readonly Cell[], us: number, cost: number): boolean => {
    if (!candidates.some((cell) => fullAt.get(cell)?.(us, cost))) return false
    if (limiters.size === 1 || !refusers.named(row)) return true
    const first = candidates.reduce(
      (least, { limitIndex }) => Math.min(least, limitIndex),
      Number.POSITIVE_INFINITY,
    )
    for (const cell of limiters.keys()) {
      if (cell.limitIndex < first && touches(history, row, cell) && fullAt.get(cell)?.(us, cost)) return false
    }
    return true
  }
  let changed = false
  for (const row of rows) {
    if (history.outcome[row] !== Outcome.limited) continue
    const cost = history.cost[row] as number
    const candidates = refusers.of(row)
    const from = atUs[row] as number
    if (refuses(row, candidates, from, cost)) continue
    const to = bounds.hiUs[row] as number
    const opening = boundaries.filter(({ hypothesis }) => opensWithTime(hypothesis))
    const full = opening.map((limiter) => (us: number) => isFull.get(limiter)?.(us, cost) === true)
    const instants = changesWithin(users, boundaries, full, from, to)
    const found = instants.find((us) => refuses(row, candidates, us, cost))
    if (found === undefined) return 'impossible'
    atUs[row] = found
    changed = true
  }
  return changed ? 'changed' : 'unchanged'
}

function touches(history: History, row: number, cell: Cell): boolean {
  return history.descriptors[history.descriptor[row] as number]?.scopes[cell.limit.scope] === cell.scopeValue
}

/** The instants in (from, to] at which a limiter may become full, or stop being full. */
function changesWithin(
  users: Float64Array,
  limiters: readonly Limiter[],
  full: readonly ((us: number) => boolean)[],
  from: number,
  to: number,
): number[] {
  const usersIn = (fromUs: number, toUs: number) =>
    users.subarray(firstAbove(users, fromUs), firstAbove(users, toUs))
  const instants = [...usersIn(from, to)]
  for (const { hypothesis, startUs } of limiters) {
    const { windowUs } = hypothesis
    for (const us of usersIn(from - windowUs, to - windowUs)) instants.push(us + windowUs)
    if (startUs === undefined) continue
    const periodUs = phasePeriodUs(hypothesis) ?? windowUs
    const next = from + periodUs - ((((from - startUs) % periodUs) + periodUs) % periodUs)
    if (next <= to) instants.push(next)
  }
  instants.push(to)
  instants.sort((a, b) => a - b)
  const opened = full.flatMap((isFull) => openings(isFull, [from, ...instants]))
  return opened.length === 0 ? instants : [...instants, ...opened].sort((a, b) => a - b)
}

/** Does such a limiter stop being full as time goes by, and not only when something expires? */
function opensWithTime({ algorithm }: Hypothesis): boolean {
  return algorithm === 'sliding-counter' || algorithm === 'gcra' || algorithm === 'token-bucket'
}

/** The instants between given ones, at which alone something may be counted, where a limiter stops being full. */
function openings(isFull: (us: number) => boolean, instants: readonly number[]): number[] {
  return instants.slice(1).flatMap((next, k) => {
    let low = instants[k] as number
    let high = next - 1
    if (high <= low || !isFull(low) || isFull(high)) return []
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (isFull(middle)) low = middle
      else high = middle
    }
    return [high]
  })
}
