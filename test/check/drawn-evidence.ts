import fc from 'fast-check'
import { expect } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import type { Case, Reason, Refutation } from '../../lib/check/refute/certificate.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { modulo } from '../../lib/limiters/exact.ts'
import { countingRefusals, evidenceOf, type Seen } from './evidence-of.ts'

/**
 * A few requests with any outcomes, of which some take longer than a short window. They are rows of a history in
 * which they stand the other way round, so that a row is no place in the evidence.
 */
export const drawnEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    requests: fc.array(
      fc.record({
        lo: fc.nat(30),
        took: fc.oneof(fc.nat(2), fc.nat(7)),
        as: fc.constantFrom<Seen['as'][]>('accepted', 'accepted', 'accepted', 'refused', 'unknown', 'vacant'),
        cost: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 9 },
    ),
    cost: fc.constantFrom(1, 1, 2, undefined),
    counted: fc.boolean(),
    hiddenUseUntilUs: fc.constantFrom(
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      12,
    ),
  })
  .map(({ requests, cost, counted, hiddenUseUntilUs }) => {
    const seen = requests
      .map(({ lo, took, as, cost: own }): Seen => ({ lo, hi: lo + took, as, cost: cost ?? own }))
      .sort((a, b) => a.lo - b.lo)
    const evidence = counted ? countingRefusals(seen) : evidenceOf(seen)
    return { ...evidence, rows: evidence.rows.toReversed(), hiddenUseUntilUs }
  })

/** Several that were refused, and are counted, at about the same time, and few that were let through. */
export const refusedTogether: fc.Arbitrary<Evidence> = fc
  .record({
    requests: fc.array(
      fc.record({
        lo: fc.nat(10),
        took: fc.nat(8),
        as: fc.constantFrom<Seen['as'][]>('accepted', 'accepted', 'refused', 'refused', 'refused'),
        cost: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 3, maxLength: 7 },
    ),
    equalCosts: fc.boolean(),
    hiddenUseUntilUs: fc.constantFrom(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 4),
  })
  .map(({ requests, equalCosts, hiddenUseUntilUs }) => {
    const seen = requests
      .map(({ lo, took, as, cost }): Seen => ({ lo, hi: lo + took, as, cost: equalCosts ? 1 : cost }))
      .sort((a, b) => a.lo - b.lo)
    const evidence = countingRefusals(seen)
    return { ...evidence, rows: evidence.rows.toReversed(), hiddenUseUntilUs }
  })

/** Is it by the first of several that were refused, and by none of them alone? */
export function isOfSeveral(reason: Reason): boolean {
  return reason.kind === 'unjustified-refusal' && reason.alike !== undefined
}

/** All instants of one period from 0 on, at which windows may start or a bucket be refilled. */
export function phasesOf(h: Hypothesis): number[] {
  return Array.from({ length: phasePeriodUs(h) as number }, (_, us) => us)
}

/** Those of the phases that are left open. */
export function leftOpen(found: Refutation, h: Hypothesis): number[] {
  if (found.refuted) return []
  expect(found.exhausted).toBe(false)
  for (const [from, to] of found.openUs) expect(from).toBeLessThanOrEqual(to)
  return phasesOf(h).filter((us) =>
    found.openUs.some(([from, to]) => modulo(us - from, phasePeriodUs(h) as number) <= to - from),
  )
}

/** The starts of all windows of a phase in which anything drawn may have been decided. */
export function windowStarts({ hiUs }: Evidence, phaseUs: number, windowUs: number): number[] {
  const count = Math.ceil(Math.max(...hiUs) / windowUs) + 2
  return Array.from({ length: count }, (_, k) => phaseUs + (k - 1) * windowUs)
}

/** Of a proof that is expected to hold, all reasons. */
export function reasonsIn(evidence: Evidence, found: Refutation): Reason[] {
  if (!found.refuted) return []
  expect(verifyCertificate(evidence, found)).toBe(undefined)
  const of = (cases: readonly Case[]): Reason[] =>
    cases.flatMap(({ reason, next }) => [...(reason ? [reason] : []), ...of(next ?? [])])
  return of(found.cases)
}

/** The phases that are left open, as many as there are where any one would do; the proof, if there is one, holds. */
export function expectLeft(
  evidence: Evidence,
  h: Hypothesis,
  seen: { open: number; closed: number },
): number[] {
  const found = refuteByBounds(new EvidenceIndex(evidence), h, false)
  const left = leftOpen(found, h)
  expect(refuteByBounds(new EvidenceIndex(evidence), h, true).refuted).toBe(left.length === 0)
  expectFewAdmitted(evidence, found, h.limit)
  seen.open += left.length
  seen.closed += phasesOf(h).length - left.length
  return left
}

/** Of a proof that is expected to hold, the reasons that too much was let through name no more than it takes. */
export function expectFewAdmitted(evidence: Evidence, found: Refutation, limit: number): void {
  for (const reason of reasonsIn(evidence, found)) {
    if (reason.kind === 'over-admission') expectFewRows(evidence, reason.rows, reason.windows * limit)
  }
}

/** The rows of a reason ascend, and without the one of them that ends last they are not too many. */
export function expectFewRows({ rows, hiUs, cost }: Evidence, named: readonly number[], units: number): void {
  expect(named).toEqual(named.toSorted((a, b) => a - b))
  const places = named.map((row) => rows.indexOf(row))
  const sum = places.reduce((all, i) => all + (cost[i] as number), 0)
  const lastUs = Math.max(...places.map((i) => hiUs[i] as number))
  const last = places.filter((i) => hiUs[i] === lastUs).map((i) => cost[i] as number)
  expect(sum).toBeGreaterThan(units)
  expect(sum - Math.max(...last)).toBeLessThanOrEqual(units)
}
