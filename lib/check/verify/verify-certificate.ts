import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Refuted } from '../refute/certificate.ts'
import { Told } from './told.ts'
import { aligned, circle } from './verify-aligned.ts'
import { bucketReason } from './verify-bucket.ts'
import { anyWindows, firstHit } from './verify-first-hit.ts'
import { someOrderExplains } from './verify-order.ts'
import { refillCases } from './verify-refill-ticks.ts'
import { slidingLog } from './verify-sliding-log.ts'

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
  const told = new Told(evidence, limit, windowUs)
  if (hypothesis.refillTickUs !== undefined) {
    const tickUs = hypothesis.refillTickUs
    return circle(cases, tickUs) ?? refillCases(told, tickUs, cases)
  }
  if (algorithm === 'token-bucket' || algorithm === 'gcra') {
    if (cases.length !== 1 || !only?.reason) return 'one reason was expected for a bucket'
    return bucketReason(told, only.reason)
  }
  if (algorithm === 'sliding-log') {
    return cases.length === 1 && only?.reason
      ? slidingLog(told, only.reason)
      : 'one reason was expected for a sliding log'
  }
  if (algorithm === 'first-hit-window') {
    return cases.length === 1 && only && !only.startUs && only.reason?.kind === 'over-admission'
      ? anyWindows(told, only.reason)
      : firstHit(told, cases, undefined)
  }
  return circle(cases, windowUs) ?? aligned(told, cases, algorithm === 'sliding-counter')
}

/** Does one case of a proof about windows, or refills, that follow one another hold, for all of its range of starts? */
export function caseHolds(evidence: Evidence, hypothesis: Hypothesis, one: Case): boolean {
  const { algorithm, limit, windowUs, refillTickUs } = hypothesis
  const told = new Told(evidence, limit, windowUs)
  if (refillTickUs !== undefined) return refillCases(told, refillTickUs, [one]) === undefined
  return aligned(told, [one], algorithm === 'sliding-counter') === undefined
}
