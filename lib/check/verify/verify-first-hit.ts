import type { Case, Reason } from '../refute/certificate.ts'
import { gap, isRange, type Range } from './ranges.ts'
import { refuse, surely, type Told } from './told.ts'
import { windowReason } from './verify-window.ts'

/** First-hit windows: the cases cover every start that can follow `parent`. */
export function firstHit(told: Told, cases: readonly Case[], parent: Range | undefined): string | undefined {
  const [low, high, sure] = nextStarts(told, parent)
  const ranges: [number, number][] = []
  let orphaned = false
  for (const { startUs, reason, next } of cases) {
    if (!startUs) {
      if (reason?.kind !== 'unjustified-refusal') return 'a case without a range of starts'
      if (!orphan(told, reason, parent)) return 'a refusal without a window could belong to one'
      orphaned = true
      continue
    }
    if (!isRange(startUs)) return 'a range that is none'
    ranges.push([...startUs])
    const sureFrom = parent ? Math.min(startUs[1], parent[1] + told.windowUs) : Number.NEGATIVE_INFINITY
    const wrong = reason
      ? windowReason(told, reason, startUs, parent, sureFrom)
      : next
        ? firstHit(told, next, startUs)
        : 'a case without a reason'
    if (wrong) return wrong
  }
  if (!sure && !orphaned) return 'no window need follow'
  return gap(ranges, low, high)
}

function nextStarts(told: Told, parent: Range | undefined): [low: number, high: number, sure: boolean] {
  const endFrom = parent ? parent[0] + told.windowUs : Number.NEGATIVE_INFINITY
  const endTo = parent ? parent[1] + told.windowUs : Number.NEGATIVE_INFINITY
  let low = Number.POSITIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  // Nothing that starts after the next window surely has changes when that is.
  for (const i of told.from(endFrom, (lo) => lo > high)) {
    if (told.evidence.use[i] === 0 || told.hi(i) < endFrom) continue
    low = Math.min(low, told.lo(i))
    latest = Math.max(latest, told.hi(i))
    if (told.evidence.use[i] === surely && told.lo(i) >= endTo) high = Math.min(high, told.hi(i))
  }
  const sure = high !== Number.POSITIVE_INFINITY
  return [Math.max(low, endFrom), sure ? high : latest, sure]
}

function orphan(
  told: Told,
  reason: Extract<Reason, { kind: 'unjustified-refusal' }>,
  parent: Range | undefined,
): boolean {
  const j = told.index(reason.refused)
  if (j === undefined || told.evidence.demand[j] !== refuse || told.hidden(j)) return false
  if (!parent) return told.cost(j) <= told.limit
  if (told.lo(j) < parent[1]) return false
  if (told.lo(j) > parent[1] + told.windowUs - 1) return told.cost(j) <= told.limit
  return told.room(j, parent[0], Math.min(told.hi(j), parent[1] + told.windowUs - 1))
}

/** First-hit windows that may start anywhere: so many of them are the most that the span of the rows touches. */
export function anyWindows(
  told: Told,
  { rows, windows }: Extract<Reason, { kind: 'over-admission' }>,
): string | undefined {
  if (!told.makesSense(rows, windows)) return 'rows or windows that there are not'
  const from = Math.min(...rows.map((row) => told.lo(told.index(row) ?? Number.NaN)))
  const units = told.adds(rows, from, from + (windows - 1) * told.windowUs - 1, true)
  return units > windows * told.limit ? undefined : 'too little is surely within the span'
}
