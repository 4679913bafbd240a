import { type Descriptor, type History, Outcome } from '../../history/history.ts'
import {
  createHierarchy,
  createLimiter,
  type EnforcedLimit,
  type LimitedRequest,
} from '../../limiters/index.ts'
import type { Limit } from '../../spec/index.ts'
import type { DecisionBounds } from '../evidence/bounds.ts'
import { giveBack } from '../evidence/give-back.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { sortBy } from '../evidence/sorted-by.ts'

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

/** Rows of a history, in a list or in a column. */
type Rows = ArrayLike<number> & Iterable<number>

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
  rows: Rows,
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
  const wrong = wronglyPlaced(history, bounds, rows, witness)
  if (wrong !== undefined) return wrong
  const { order, atUs } = witness
  if (!order)
    return firstOtherwise(history, enforced, byInstants(scheduledRows(history, rows, witness), atUs), atUs)
  if (!isEachOnce(history.count, rows, witness, order)) {
    const { letThrough, refused } = scheduledRows(history, rows, witness)
    return letThrough[0] ?? refused[0]
  }
  return firstOtherwise(history, enforced, asListed(order), atUs)
}

/** Rows one after another: the next of them each time, and -1 after the last. */
type NextRow = () => number

function asListed(order: Rows): NextRow {
  let k = 0
  return () => (k < order.length ? (order[k++] as number) : -1)
}

/** The first row, of those let through and then of those refused, that is not decided within its bounds, or not at all. */
function wronglyPlaced(
  { outcome }: History,
  bounds: DecisionBounds,
  rows: Rows,
  { atUs }: Witness,
): number | undefined {
  let refusal: number | undefined
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    const us = atUs[row] as number
    if (us >= bounds.lo(row) && us <= bounds.hi(row)) continue
    if (Number.isNaN(us) && outcome[row] === Outcome.unknown) continue
    if (outcome[row] !== Outcome.limited) return row
    refusal ??= row
  }
  return refusal
}

/** Rows that are decided, as they come: those refused, and the others. */
interface Scheduled {
  letThrough: Uint32Array<ArrayBuffer>
  refused: Uint32Array<ArrayBuffer>
}

function scheduledRows({ outcome }: History, rows: Rows, { atUs }: Witness): Scheduled {
  let refusals = 0
  let others = 0
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (Number.isNaN(atUs[row] as number)) continue
    if (outcome[row] === Outcome.limited) refusals++
    else others++
  }
  const letThrough = new Uint32Array(others)
  const refused = new Uint32Array(refusals)
  let [i, j] = [0, 0]
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (Number.isNaN(atUs[row] as number)) continue
    if (outcome[row] === Outcome.limited) refused[j++] = row
    else letThrough[i++] = row
  }
  return { letThrough, refused }
}

/**
 * All rows by their instants; at the same instant those let through come before those refused. Both lists are
 * given up: they are put in order, and taken from in turn, as one list of millions would take memory of its own.
 */
function byInstants({ letThrough, refused }: Scheduled, atUs: Float64Array): NextRow {
  const first = sortBy(letThrough, atUs)
  const second = sortBy(refused, atUs)
  let [i, j] = [0, 0]
  let firstUs = atUs[first[0] as number] ?? Number.POSITIVE_INFINITY
  let secondUs = atUs[second[0] as number] ?? Number.POSITIVE_INFINITY
  return () => {
    if (i < first.length && firstUs <= secondUs) {
      const row = first[i++] as number
      firstUs = atUs[first[i] as number] ?? Number.POSITIVE_INFINITY
      return row
    }
    if (j < second.length) {
      const row = second[j++] as number
      secondUs = atUs[second[j] as number] ?? Number.POSITIVE_INFINITY
      return row
    }
    giveBack(first)
    giveBack(second)
    return -1
  }
}

/** The first row that the models decide otherwise than the history has it, or that comes before the one ahead of it. */
function firstOtherwise(
  history: History,
  enforced: readonly EnforcedLimit[],
  nextRow: NextRow,
  instantsUs: Float64Array,
): number | undefined {
  const hierarchy = createHierarchy(enforced)
  const { outcome, cost, limitedBy, scopeNames } = history
  const scopesOfRow = (row: number) =>
    (history.descriptors[history.descriptor[row] as number] as Descriptor).scopes
  /** One for all of them, which are many. */
  const request: LimitedRequest = { scopes: {}, atUs: Number.NEGATIVE_INFINITY, cost: 1 }
  for (let row = nextRow(); row >= 0; row = nextRow()) {
    const atUs = instantsUs[row] as number
    if (atUs < request.atUs) return row
    const scopes = scopesOfRow(row)
    request.scopes = scopes
    request.atUs = atUs
    request.cost = cost[row] as number
    const decision = hierarchy.decide(request)
    if (outcome[row] === Outcome.unknown) continue
    if (decision.admitted !== (outcome[row] === Outcome.accepted)) return row
    if (decision.refusedBy === undefined) continue
    const blamed = scopeNames[limitedBy[row] as number]
    if (blamed === undefined || enforced[decision.refusedBy]?.scope === blamed) continue
    if (enforced.some(({ scope }) => scope === blamed && scopes[scope] !== undefined)) return row
  }
  return undefined
}

/** Does an order name each row once that is decided, of some rows, and no other? */
function isEachOnce(count: number, rows: Rows, { atUs }: Witness, order: Rows): boolean {
  const open = new Uint8Array(count)
  let decided = 0
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (Number.isNaN(atUs[row] as number)) continue
    open[row] = 1
    decided++
  }
  if (order.length !== decided) return false
  for (let k = 0; k < order.length; k++) {
    const row = order[k] as number
    if (open[row] !== 1) return false
    open[row] = 0
  }
  giveBack(open)
  return true
}
