import type { CaseFile } from '../evidence/case-file.ts'
import type { Cell } from '../evidence/cell.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { someOrderExplainsTogether } from '../verify/verify-order.ts'
import { searchOrders } from './order-search.ts'
import { type AssumedCell, requestsOfComponent } from './ways.ts'

/** Limiters that together met more requests than this are not searched order by order. */
const mostRequests = 16

/** How many requests are placed, over all orders, before a search is given up … */
const mostSteps = 20_000
/** … and how many beginnings of orders are looked at when it is checked again. */
const mostOrders = 300_000

/** Under these hypotheses, one for each limit, no order explains what these rows met. */
export interface JointCase {
  hypotheses: ReadonlyMap<number, Hypothesis>
  rows: number[]
}

/** A proof that limits which share requests cannot all be as the spec allows. */
export interface JointProof {
  /** Indices of the limits. */
  limits: number[]
  /** A case for each choice of hypotheses that no proof about one limit alone closes. */
  cases: JointCase[]
}

/**
 * Tries to show that several limits together cannot have given the answers, though each by itself
 * can: all orders of their requests are tried, under every choice of hypotheses that the spec allows.
 * For a handful of requests it is exact; limits that count in whole seconds are left out. Every case has been
 * checked again by enumeration.
 */
export function refuteTogether(file: CaseFile): JointProof | undefined {
  for (const cells of file.components) {
    const limits = [...new Set(cells.map(({ limitIndex }) => limitIndex))]
    if (limits.length < 2) continue
    const rows = [...new Set(cells.flatMap((cell) => [...cell.rows]))]
    if (rows.length > mostRequests || limits.some((index) => hidesUse(file, index) || isCoarse(file, index)))
      continue
    const cases = refuteAllChoices(file, cells, limits, rows)
    if (cases) return { limits, cases }
  }
  return undefined
}

/** Something that the history does not show may have used the limit up. */
function hidesUse(file: CaseFile, limitIndex: number): boolean {
  const limit = file.limits[limitIndex] as CaseFile['limits'][number]
  return !limit.startsEmpty || limit.foreignTraffic === 'possible'
}

/**
 * A limit that counts in whole seconds decides as one with an exact clock would at an earlier instant, each
 * limit at its own: what is demanded of a request by two of them is not demanded of one instant.
 */
function isCoarse(file: CaseFile, limitIndex: number): boolean {
  return file.limits[limitIndex]?.serverClock !== 'exact'
}

function refuteAllChoices(
  file: CaseFile,
  cells: readonly Cell[],
  limits: readonly number[],
  rows: readonly number[],
): JointCase[] | undefined {
  const cases: JointCase[] = []
  for (const choice of openChoices(file, limits)) {
    const assumed = cells.map((cell) => ({ cell, hypothesis: choice.get(cell.limitIndex) as Hypothesis }))
    const core = coreOf(file, assumed, rows)
    if (!core) return undefined
    const told = new Set(core)
    const again = someOrderExplainsTogether(file.history, file.bounds, assumed, rows, told, mostOrders)
    if (again !== false) {
      if (again) file.rejectedProofs.push('several limits together: an order explains the answers')
      return undefined
    }
    cases.push({ hypotheses: choice, rows: core })
  }
  return cases
}

/** Every choice of one hypothesis a limit among those that are not refuted by themselves. */
function openChoices(file: CaseFile, limits: readonly number[]): Map<number, Hypothesis>[] {
  return limits.reduce<Map<number, Hypothesis>[]>(
    (choices, index) =>
      choices.flatMap((choice) => file.openHypotheses(index).map((h) => new Map([...choice, [index, h]]))),
    [new Map()],
  )
}

/** As few rows as no order explains, whatever the outcomes of the others were; if there are any. */
function coreOf(
  file: CaseFile,
  assumed: readonly AssumedCell[],
  rows: readonly number[],
): number[] | undefined {
  const assumptions = assumed.map(({ hypothesis }) => hypothesis)
  const impossible = (weakened: ReadonlySet<number>) => {
    const requests = requestsOfComponent(file.history, file.bounds, assumed, rows, weakened)
    return searchOrders(requests, assumptions, mostSteps, file.toRefute).kind === 'impossible'
  }
  const weakened = new Set<number>()
  if (!impossible(weakened)) return undefined
  for (const row of rows) if (impossible(new Set([...weakened, row]))) weakened.add(row)
  return rows.filter((row) => !weakened.has(row))
}
