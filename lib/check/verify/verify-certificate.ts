import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Reason, Refuted } from '../refute/certificate.ts'
import { verifyBucketReason } from './verify-bucket.ts'
import { someOrderExplains } from './verify-order.ts'
import { verifyRefillCases } from './verify-refill-ticks.ts'

/** What is said of a proof by exhaustion that was not checked to its end: no fault, but no proof either. */
export const tooManyOrders = 'too many orders to try them all again'

/** So many beginnings of orders are looked at before a proof by exhaustion is given up. */
const mostOrders = 50_000

/**
 * Checks a proof again by arithmetic alone: every case covers what it says it covers, and every
 * reason adds up. It goes through the requests one by one and shares only types with the search.
 * @returns what does not hold, in words, or `undefined` where the proof stands.
 */
export function verifyCertificate(evidence: Evidence, { hypothesis, cases }: Refuted): string | undefined {
  const { algorithm, windowUs, limit } = hypothesis
  const [only] = cases
  if (cases.length === 1 && only?.reason?.kind === 'no-order') {
    const explained = someOrderExplains(evidence, hypothesis, new Set(only.reason.rows), mostOrders)
    if (explained === undefined) return tooManyOrders
    return explained ? 'an order explains the answers' : undefined
  }
  if (hypothesis.refillTickUs !== undefined) {
    const check = new Arithmetic(evidence, limit, hypothesis.refillTickUs)
    return check.circle(cases) ?? verifyRefillCases(evidence, hypothesis, hypothesis.refillTickUs, cases)
  }
  if (algorithm === 'token-bucket' || algorithm === 'gcra') {
    if (cases.length !== 1 || !only?.reason) return 'one reason was expected for a bucket'
    return verifyBucketReason(evidence, hypothesis, only.reason)
  }
  const check = new Arithmetic(evidence, limit, windowUs)
  if (algorithm === 'sliding-log') {
    return cases.length === 1 && cases[0]?.reason
      ? check.slidingLog(cases[0].reason)
      : 'one reason was expected for a sliding log'
  }
  if (algorithm === 'first-hit-window') {
    return cases.length === 1 && only && !only.startUs && only.reason?.kind === 'over-admission'
      ? check.anyWindows(only.reason)
      : check.firstHit(cases, undefined)
  }
  return check.circle(cases) ?? check.aligned(cases, algorithm === 'sliding-counter')
}

/** Does one case of a proof about windows, or refills, that follow one another hold, for all of its range of starts? */
export function caseHolds(evidence: Evidence, hypothesis: Hypothesis, one: Case): boolean {
  const { algorithm, limit, windowUs, refillTickUs } = hypothesis
  if (refillTickUs !== undefined) {
    return verifyRefillCases(evidence, hypothesis, refillTickUs, [one]) === undefined
  }
  const check = new Arithmetic(evidence, limit, windowUs)
  return check.aligned([one], algorithm === 'sliding-counter') === undefined
}

type Range = readonly [from: number, to: number]

/** Counted, surely; refused, and so on: the codes of `Evidence`, spelled out here once more. */
const admit = 1
const refuse = 2
const vacant = 3
const surely = 1

/** Where each row stands in the evidence, -1 for those that do not: worked out once for many proofs. */
const places = new WeakMap<Evidence, Int32Array>()

function placesOf(evidence: Evidence): Int32Array {
  let at = places.get(evidence)
  if (!at) {
    at = new Int32Array(evidence.rows.reduce((most, row) => Math.max(most, row), 0) + 1).fill(-1)
    for (let i = 0; i < evidence.rows.length; i++) at[evidence.rows[i] as number] = i
    places.set(evidence, at)
  }
  return at
}

class Arithmetic {
  private readonly e: Evidence
  private readonly limit: number
  private readonly windowUs: number
  private readonly at: Int32Array

  constructor(evidence: Evidence, limit: number, windowUs: number) {
    this.e = evidence
    this.limit = limit
    this.windowUs = windowUs
    this.at = placesOf(evidence)
  }

  /** Do the ranges of window starts, taken round the circle of phases, leave no gap? */
  circle(cases: readonly Case[]): string | undefined {
    const w = this.windowUs
    const pieces: [number, number][] = []
    for (const { startUs } of cases) {
      if (!startUs || !isRange(startUs)) return 'a case without a range of starts'
      const from = ((startUs[0] % w) + w) % w
      const to = from + (startUs[1] - startUs[0])
      pieces.push([from, Math.min(to, w - 1)])
      if (to >= w) pieces.push([0, to - w])
    }
    return gap(pieces, 0, w - 1)
  }

  /** Fixed windows and sliding counters: each case has a reason that holds for its range. */
  aligned(cases: readonly Case[], counter: boolean): string | undefined {
    for (const { startUs, reason } of cases) {
      if (!startUs || !isRange(startUs)) return 'a case without a range of starts'
      if (!reason) return 'a case without a reason'
      if (reason.kind === 'over-admission' && reason.windows !== 1) {
        const wrong = this.adjoiningWindows(reason, startUs)
        if (wrong) return wrong
        continue
      }
      const before: Range = [startUs[0] - this.windowUs, startUs[1] - this.windowUs]
      const wrong = counter
        ? this.counterReason(reason, startUs, before)
        : this.windowReason(reason, startUs, before, startUs[1])
      if (wrong) return wrong
    }
    return undefined
  }

  /** Aligned windows adjoin: so many of them hold so many times the limit, wherever what straddles their starts went. */
  private adjoiningWindows(
    { rows, windows, afterRefused }: Extract<Reason, { kind: 'over-admission' }>,
    start: Range,
  ): string | undefined {
    if (afterRefused !== undefined || !this.makesSense(rows, windows))
      return 'rows or windows that there are not'
    const units = this.adds(rows, start[1], start[0] + windows * this.windowUs - 1, true)
    return units > windows * this.limit ? undefined : 'too little is surely within the windows'
  }

  /** First-hit windows: the cases cover every start that can follow `parent`. */
  firstHit(cases: readonly Case[], parent: Range | undefined): string | undefined {
    const [low, high, sure] = this.nextStarts(parent)
    const ranges: [number, number][] = []
    let orphaned = false
    for (const { startUs, reason, next } of cases) {
      if (!startUs) {
        if (reason?.kind !== 'unjustified-refusal') return 'a case without a range of starts'
        if (!this.orphan(reason, parent)) return 'a refusal without a window could belong to one'
        orphaned = true
        continue
      }
      if (!isRange(startUs)) return 'a range that is none'
      ranges.push([...startUs])
      const sureFrom = parent ? Math.min(startUs[1], parent[1] + this.windowUs) : Number.NEGATIVE_INFINITY
      const wrong = reason
        ? this.windowReason(reason, startUs, parent, sureFrom)
        : next
          ? this.firstHit(next, startUs)
          : 'a case without a reason'
      if (wrong) return wrong
    }
    if (!sure && !orphaned) return 'no window need follow'
    return gap(ranges, low, high)
  }

  private nextStarts(parent: Range | undefined): [low: number, high: number, sure: boolean] {
    const endFrom = parent ? parent[0] + this.windowUs : Number.NEGATIVE_INFINITY
    const endTo = parent ? parent[1] + this.windowUs : Number.NEGATIVE_INFINITY
    let low = Number.POSITIVE_INFINITY
    let high = Number.POSITIVE_INFINITY
    let latest = Number.NEGATIVE_INFINITY
    this.e.rows.forEach((_, i) => {
      if (this.e.use[i] === 0 || this.hi(i) < endFrom) return
      low = Math.min(low, this.lo(i))
      latest = Math.max(latest, this.hi(i))
      if (this.e.use[i] === surely && this.lo(i) >= endTo) high = Math.min(high, this.hi(i))
    })
    const sure = high !== Number.POSITIVE_INFINITY
    return [Math.max(low, endFrom), sure ? high : latest, sure]
  }

  private orphan(
    reason: Extract<Reason, { kind: 'unjustified-refusal' }>,
    parent: Range | undefined,
  ): boolean {
    const j = this.index(reason.refused)
    if (j === undefined || this.e.demand[j] !== refuse || this.hidden(j)) return false
    if (!parent) return this.cost(j) <= this.limit
    if (this.lo(j) < parent[1]) return false
    if (this.lo(j) > parent[1] + this.windowUs - 1) return this.cost(j) <= this.limit
    return this.room(j, parent[0], Math.min(this.hi(j), parent[1] + this.windowUs - 1))
  }

  private windowReason(
    reason: Reason,
    start: Range,
    before: Range | undefined,
    sureFrom: number,
  ): string | undefined {
    const end = start[0] + this.windowUs - 1
    switch (reason.kind) {
      case 'over-admission': {
        if (reason.windows !== 1) return 'one window was expected'
        let from = sureFrom
        if (reason.afterRefused !== undefined) {
          const j = this.index(reason.afterRefused)
          const inWindowBefore =
            j !== undefined &&
            before !== undefined &&
            this.e.unitCost !== undefined &&
            this.e.demand[j] === refuse &&
            this.lo(j) >= before[1] &&
            this.hi(j) < Math.min(start[0], before[0] + this.windowUs)
          if (!inWindowBefore) return 'the refusal is not surely in the window before'
          from = Math.min(from, this.hi(j) + 1)
        }
        return this.adds(reason.rows, from, end, true) > this.limit
          ? undefined
          : 'too little is surely within the window'
      }
      case 'admitted-when-full': {
        const i = this.index(reason.admitted)
        if (i === undefined || !this.letThrough(i) || this.lo(i) < sureFrom || this.hi(i) > end) {
          return 'the admitted request is not surely within the window'
        }
        return this.adds(reason.rows, sureFrom, this.lo(i) - 1, false) + this.cost(i) > this.limit
          ? undefined
          : 'too little was surely used up before it'
      }
      case 'refusal-before-admission': {
        const j = this.index(reason.refused)
        const i = this.index(reason.admitted)
        if (j === undefined || i === undefined || this.e.demand[j] !== refuse || !this.letThrough(i)) {
          return 'a refusal and an admission were expected'
        }
        const inOrder = this.lo(j) >= start[1] && this.hi(j) < this.lo(i) && this.hi(i) <= end
        return inOrder && this.cost(j) <= this.cost(i)
          ? undefined
          : 'they are not surely in this order in one window'
      }
      case 'unjustified-refusal':
        return this.unjustified(reason.refused, start, before)
      default:
        return 'this reason does not hold for a window'
    }
  }

  /** Whichever of two neighbouring windows the refusal fell into, too little can be counted there. */
  private unjustified(row: number, start: Range, before: Range | undefined): string | undefined {
    const j = this.index(row)
    if (j === undefined || this.e.demand[j] !== refuse || this.hidden(j))
      return 'no refusal that proves anything'
    const w = this.windowUs
    if (this.hi(j) > start[0] + w - 1) return 'the refusal may lie in a later window'
    const inThis = this.hi(j) >= start[0]
    const inBefore = before !== undefined && this.lo(j) < start[1] && this.lo(j) <= before[1] + w - 1
    // Between the end of one first-hit window and the start of the next nothing is counted at all.
    if (!inThis && !inBefore) {
      return this.cost(j) <= this.limit ? undefined : 'the refusal lies in neither window'
    }
    if (inBefore && before && this.lo(j) < before[1]) return 'the refusal may lie in an earlier window'
    if (inThis && !this.room(j, start[0], this.hi(j))) return 'enough may have been counted in the window'
    if (inBefore && before && !this.room(j, before[0], Math.min(this.hi(j), before[1] + w - 1))) {
      return 'enough may have been counted in the window before'
    }
    return undefined
  }

  private counterReason(reason: Reason, start: Range, before: Range): string | undefined {
    const end = start[0] + this.windowUs - 1
    const w = this.windowUs
    if (reason.kind === 'over-admission') {
      return reason.afterRefused === undefined
        ? this.windowReason(reason, start, before, start[1])
        : 'a sliding counter may admit again after a refusal'
    }
    if (reason.kind === 'admitted-when-full') {
      const i = this.index(reason.admitted)
      if (i === undefined || !this.letThrough(i) || this.lo(i) < start[1] || this.hi(i) > end) {
        return 'the admitted request is not surely within the window'
      }
      // Whatever is not shown to lie in this window counts as in the one before, where it weighs less.
      let inBoth = 0
      this.e.rows.forEach((_, k) => {
        const inside = this.lo(k) >= start[1] - w && this.hi(k) <= this.lo(i) - 1
        if (this.e.use[k] === surely && inside) inBoth += this.cost(k)
      })
      const used = this.adds(reason.rows, start[1], this.lo(i) - 1, false)
      const left = Math.max(0, Math.floor(((inBoth - used) * (w - (this.hi(i) - start[0]))) / w))
      return left + used + this.cost(i) > this.limit ? undefined : 'too little was surely used up before it'
    }
    if (reason.kind === 'unjustified-refusal') {
      const j = this.index(reason.refused)
      if (j === undefined || this.e.demand[j] !== refuse || this.hidden(j))
        return 'no refusal that proves anything'
      if (this.lo(j) < start[1] || this.hi(j) > end) return 'the refusal is not surely within the window'
      // Whatever may lie in this window counts in it, where it weighs most, and in that before no more.
      const inThis = this.possible(j, start[0], this.hi(j))
      const inBoth = this.possible(j, before[0], this.hi(j))
      const carried = Math.ceil(((inBoth - inThis) * (w - (this.lo(j) - start[1]))) / w)
      return carried + inThis + this.cost(j) <= this.limit ? undefined : 'enough may have been counted'
    }
    return 'this reason does not hold for a sliding counter'
  }

  /** First-hit windows that may start anywhere: so many of them are the most that the span of the rows touches. */
  anyWindows({ rows, windows }: Extract<Reason, { kind: 'over-admission' }>): string | undefined {
    if (!this.makesSense(rows, windows)) return 'rows or windows that there are not'
    const from = Math.min(...rows.map((row) => this.lo(this.index(row) ?? Number.NaN)))
    const units = this.adds(rows, from, from + (windows - 1) * this.windowUs - 1, true)
    return units > windows * this.limit ? undefined : 'too little is surely within the span'
  }

  slidingLog(reason: Reason): string | undefined {
    const w = this.windowUs
    switch (reason.kind) {
      case 'over-admission': {
        if (!this.makesSense(reason.rows, reason.windows)) return 'rows or windows that there are not'
        const from = Math.min(...reason.rows.map((row) => this.lo(this.index(row) ?? Number.NaN)))
        const units = this.adds(reason.rows, from, from + reason.windows * w - 1, true)
        return units > reason.windows * this.limit ? undefined : 'too little is surely within the span'
      }
      case 'admitted-when-full': {
        const i = this.index(reason.admitted)
        if (i === undefined || !this.letThrough(i)) return 'an admitted request was expected'
        const used = this.adds(reason.rows, this.hi(i) - w + 1, this.lo(i) - 1, false)
        return used + this.cost(i) > this.limit ? undefined : 'too little was surely logged before it'
      }
      case 'unjustified-refusal': {
        const j = this.index(reason.refused)
        if (j === undefined || this.e.demand[j] !== refuse || this.hidden(j))
          return 'no refusal that proves anything'
        return this.room(j, this.lo(j) - w + 1, this.hi(j)) ? undefined : 'enough may have been logged'
      }
      default:
        return 'this reason does not hold for a sliding log'
    }
  }

  private makesSense(rows: readonly number[], windows: number): boolean {
    const known = rows.length > 0 && rows.every((row) => this.index(row) !== undefined)
    return known && Number.isSafeInteger(windows) && windows > 0
  }

  private index(row: number): number | undefined {
    const i = this.at[row]
    return i === undefined || i < 0 ? undefined : i
  }
  private lo(i: number): number {
    return this.e.loUs[i] as number
  }
  private hi(i: number): number {
    return this.e.hiUs[i] as number
  }
  private cost(i: number): number {
    return this.e.cost[i] as number
  }
  private hidden(i: number): boolean {
    return this.lo(i) < this.e.hiddenUseUntilUs
  }
  private letThrough(i: number): boolean {
    return this.e.demand[i] === admit || this.e.demand[i] === vacant
  }

  /** Units of these rows, each once, as far as they surely count and surely lie in [from, to]. */
  private adds(rows: readonly number[], from: number, to: number, admittedOnly: boolean): number {
    let units = 0
    for (const row of new Set(rows)) {
      const i = this.index(row)
      if (i === undefined || this.lo(i) < from || this.hi(i) > to) continue
      if (admittedOnly ? this.e.demand[i] === admit : this.e.use[i] === surely) units += this.cost(i)
    }
    return units
  }

  /** Units that may have been counted in [from, to], request `j` left out. */
  private possible(j: number, from: number, to: number): number {
    let units = 0
    this.e.rows.forEach((_, i) => {
      if (i !== j && this.e.use[i] !== 0 && this.hi(i) >= from && this.lo(i) <= to) units += this.cost(i)
    })
    return units
  }

  private room(j: number, from: number, to: number): boolean {
    return this.possible(j, from, to) + this.cost(j) <= this.limit
  }
}

function isRange([from, to]: Range): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to
}

/** Do the ranges cover every whole number in [from, to]? */
function gap(ranges: [number, number][], from: number, to: number): string | undefined {
  let next = from
  for (const [low, high] of ranges.sort((a, b) => a[0] - b[0])) {
    if (low > next) break
    next = Math.max(next, high + 1)
  }
  return next > to ? undefined : `window starts from ${next} us on are not covered`
}
