import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import type { Case, Reason, Refuted } from '../../lib/check/refute/certificate.ts'
import { refuteRefillTicks } from '../../lib/check/refute/refill-ticks.ts'
import { caseHolds, verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'
import { oracleRuns } from './oracle-runs.ts'

/** Of 4 in 20 µs, two units every 10 µs. */
const four = { ...limiter('token-bucket', 4, 20), refillTickUs: 10 }

const holds = (
  seen: readonly Seen[],
  startUs: [number, number],
  reason: Reason,
  hypothesis: Hypothesis = four,
  hiddenUntilUs?: number,
) => caseHolds(evidenceOf(seen, hiddenUntilUs), hypothesis, { startUs, reason })

describe('a case against a bucket of 4 that gets 2 every 10', () => {
  it('over-refill: more than it holds and what comes meanwhile', () => {
    const over = (...rows: number[]): Reason => ({ kind: 'over-refill', rows })
    const seen: Seen[] = [1, 2, 3, 4, 9, 10, 11].map((lo) => ({ lo }))
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 4))).toBe(true)
    expect(holds(seen, [0, 1], over(0, 1, 2, 3, 4))).toBe(true)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3))).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 3))).toBe(false)
    expect(holds(seen, [-1, 0], over(0, 1, 2, 3, 4))).toBe(false)
    expect(holds(seen, [0, 2], over(0, 1, 2, 3, 4))).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 5))).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 4, 5))).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 4, 5, 6))).toBe(true)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 99))).toBe(false)
    expect(holds(seen, [0, 0], over())).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 4), { ...four, limit: 5 })).toBe(false)
    expect(holds(seen, [0, 0], over(0, 1, 2, 3, 4), { ...four, refillTickUs: 5 })).toBe(false)
    for (const as of ['unknown', 'refused', 'vacant'] as const) {
      expect(holds([{ lo: 1, as }, ...seen.slice(1)], [0, 0], over(0, 1, 2, 3, 4))).toBe(false)
    }
  })

  it('admitted when full: after so much, and too little that came', () => {
    const full = (admitted: number, ...rows: number[]): Reason => ({
      kind: 'admitted-when-full',
      admitted,
      rows,
    })
    const seen: Seen[] = [{ lo: 1 }, { lo: 2, cost: 3 }, { lo: 5, hi: 9, as: 'vacant' }, { lo: 1, hi: 5 }]
    expect(holds(seen, [0, 1], full(2, 0, 1))).toBe(true)
    expect(holds(seen, [-1, 0], full(2, 0, 1))).toBe(false)
    expect(holds(seen, [0, 2], full(2, 0, 1))).toBe(false)
    expect(holds(seen, [0, 0], full(2, 1))).toBe(false)
    expect(holds(seen, [0, 0], full(2, 1, 1))).toBe(false)
    expect(holds(seen, [0, 0], full(2, 1, 3))).toBe(false)
    expect(holds(seen, [0, 0], full(2, 1, 2))).toBe(false)
    expect(holds(seen, [0, 0], full(2))).toBe(false)
    expect(holds([{ lo: 1, cost: 4, as: 'vacant' }], [0, 9], full(0))).toBe(false)
    expect(holds([{ lo: 1, cost: 5, as: 'vacant' }], [0, 9], full(0))).toBe(true)
    expect(holds(seen, [0, 0], full(99, 0, 1))).toBe(false)
    expect(holds(seen, [0, 0], full(2, 0, 1, 99))).toBe(false)
    const maybe: Seen[] = [{ lo: 1, as: 'unknown' }, ...seen.slice(1)]
    expect(holds(maybe, [0, 0], full(2, 0, 1))).toBe(false)
    expect(
      holds(
        [
          { lo: 1, cost: 3 },
          { lo: 4, cost: 2 },
        ],
        [0, 0],
        full(1, 0, 1),
      ),
    ).toBe(false)
    for (const as of ['unknown', 'refused'] as const) {
      const other = seen.map((one, row): Seen => (row === 2 ? { ...one, as } : one))
      expect(holds(other, [0, 0], full(2, 0, 1))).toBe(false)
    }
  })

  it('refusal before admission: in this order, before another refill, and no cheaper', () => {
    const first = (refused: number, admitted: number): Reason => ({
      kind: 'refusal-before-admission',
      refused,
      admitted,
      betweenRefills: true,
    })
    const seen: Seen[] = [
      { lo: 1, hi: 2, as: 'refused', cost: 2 },
      { lo: 3, hi: 9, cost: 2 },
      { lo: 3 },
      { lo: 2, cost: 2 },
    ]
    expect(holds(seen, [0, 1], first(0, 1))).toBe(true)
    expect(holds(seen, [0, 2], first(0, 1))).toBe(false)
    expect(holds(seen, [-1, 0], first(0, 1))).toBe(false)
    expect(holds(seen, [0, 0], first(0, 2))).toBe(false)
    expect(holds(seen, [0, 0], first(0, 3))).toBe(false)
    expect(holds(seen, [0, 0], first(1, 0))).toBe(false)
    expect(holds(seen, [0, 1], first(3, 1))).toBe(false)
    expect(holds(seen, [0, 0], first(0, 0))).toBe(false)
    expect(holds(seen, [0, 0], first(0, 99))).toBe(false)
    expect(holds(seen, [0, 0], first(99, 1))).toBe(false)
  })

  it('unjustified refusal: where enough must have been there', () => {
    const refusal: Reason = { kind: 'unjustified-refusal', refused: 0, unitsAtMost: 3 }
    const refused = (lo: number, hi = lo, cost = 1): Seen => ({ lo, hi, cost, as: 'refused' })
    const three: Seen[] = [1, 2, 3].map((lo) => ({ lo }))
    expect(holds([refused(5), ...three], [0, 0], refusal)).toBe(true)
    expect(holds([refused(5), ...three, { lo: 6 }], [0, 0], refusal)).toBe(true)
    const spent: Seen[] = [...three, { lo: 4, as: 'unknown' }]
    expect(holds([refused(9), ...spent], [0, 0], refusal)).toBe(false)
    expect(holds([refused(10), ...spent], [0, 0], refusal)).toBe(true)
    expect(holds([refused(9, 10), ...spent], [0, 0], refusal)).toBe(false)
    expect(holds([refused(10), ...spent], [0, 1], refusal)).toBe(false)
    expect(holds([refused(10), ...spent], [-6, 0], refusal)).toBe(true)
    // A refill at 4 is there for the last of them already, and another one at 14.
    expect(holds([refused(13, 13, 2), ...spent], [-6, -6], refusal)).toBe(true)
    expect(holds([refused(13, 13, 3), ...spent], [-6, -6], refusal)).toBe(false)
    expect(holds([refused(14, 14, 3), ...spent], [-6, -6], refusal)).toBe(true)
    expect(holds([refused(10, 10, 3), ...spent], [0, 0], refusal)).toBe(false)
    expect(holds([refused(5, 5, 5), ...three], [0, 0], refusal)).toBe(false)
    expect(holds([refused(5, 5, 5)], [0, 0], refusal)).toBe(false)
    expect(holds([refused(5), ...three, { lo: 5 }], [0, 0], refusal)).toBe(false)
    expect(holds([refused(5), ...three], [0, 0], refusal, four, 5)).toBe(true)
    expect(holds([refused(5), ...three], [0, 0], refusal, four, 6)).toBe(false)
    expect(holds([{ lo: 5 }, ...three], [0, 0], refusal)).toBe(false)
    expect(holds([], [0, 0], refusal)).toBe(false)
  })

  it('takes no reason that speaks of windows', () => {
    const seen: Seen[] = [1, 2, 3, 4, 5].map((lo) => ({ lo }))
    expect(holds(seen, [0, 0], { kind: 'over-admission', windows: 1, rows: [0, 1, 2, 3, 4] })).toBe(false)
  })
})

describe('a certificate against a bucket that is refilled at intervals', () => {
  // Two bursts of 5 where 4 are held: a refill comes in neither of them.
  const seen: Seen[] = [0, 1, 2, 3, 4, 25, 26, 27, 28, 29].map((lo) => ({ lo }))
  const reason = (...rows: number[]): Reason => ({ kind: 'over-refill', rows })
  const whole: Case[] = [
    { startUs: [0, 0], reason: reason(0, 1, 2, 3, 4) },
    { startUs: [1, 4], reason: reason(5, 6, 7, 8, 9) },
    { startUs: [5, 9], reason: reason(0, 1, 2, 3, 4) },
  ]
  const verify = (cases: Case[]) =>
    verifyCertificate(evidenceOf(seen), { refuted: true, hypothesis: four, cases })

  it('stands where its ranges cover every refill', () => {
    expect(verify(whole)).toBeUndefined()
    expect(verify(whole.map((one) => ({ ...one, startUs: moved(one, 30) })))).toBeUndefined()
  })

  it.each<[string, Case[], string]>([
    ['a range left out', whole.slice(1), 'not covered'],
    ['a range that ends too early', [...whole.slice(0, 2), { ...whole[2], startUs: [5, 8] }], 'not covered'],
    ['a range too wide', [whole[0] as Case, { ...whole[1], startUs: [1, 6] }, whole[2] as Case], 'may be'],
    [
      'another reason',
      [whole[0] as Case, { ...whole[1], reason: reason(0, 1, 2, 3, 4) }, whole[2] as Case],
      'may be',
    ],
    ['another range', whole.map((one, k) => (k === 1 ? { ...one, startUs: moved(one, 1) } : one)), 'not'],
    ['no range', [{ reason: reason(0, 1, 2, 3, 4) }], 'range'],
    ['no reason', [{ startUs: [0, 9] }], 'reason'],
    ['no case', [], 'not covered'],
  ])('falls with %s', (_, cases, wrong) => {
    expect(verify(cases)).toContain(wrong)
  })

  function moved({ startUs }: Case, byUs: number): [number, number] {
    const [from, to] = startUs as [number, number]
    return [from + byUs, to + byUs]
  }
})

describe('what bounds say of refills', () => {
  const { runs, seed } = oracleRuns(0.02)
  const requests = fc.array(
    fc.record({
      lo: fc.nat(40),
      long: fc.nat(4),
      as: fc.constantFrom<Seen['as']>('accepted', 'accepted', 'refused', 'unknown', 'vacant'),
      cost: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 2, maxLength: 25 },
  )

  it('is borne out, covers every phase, and is the same for every part of a range', () => {
    const seen = { refuted: 0, open: 0 }
    fc.assert(
      fc.property(
        requests,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 20 }),
        fc.integer({ min: 2, max: 20 }),
        (drawn, limit, windowUs, tickUs) => {
          const ascending = drawn.toSorted((a, b) => a.lo - b.lo)
          const evidence: Evidence = evidenceOf(
            ascending.map(({ long, ...one }) => ({ ...one, hi: one.lo + long })),
          )
          const refillTickUs = Math.min(tickUs, windowUs)
          const hypothesis = { ...limiter('token-bucket', limit, windowUs), refillTickUs }
          const found = refuteRefillTicks(new EvidenceIndex(evidence), hypothesis, false)
          if (found.refuted) {
            seen.refuted++
            expect(verifyCertificate(evidence, found)).toBeUndefined()
            for (const { startUs, reason } of found.cases) {
              const [from, to] = startUs as [number, number]
              expect(caseHolds(evidence, hypothesis, { startUs: [from, from], reason })).toBe(true)
              expect(caseHolds(evidence, hypothesis, { startUs: [to, to], reason })).toBe(true)
            }
            const fewer: Refuted = { ...found, cases: found.cases.slice(1) }
            expect(verifyCertificate(evidence, fewer)).toContain('not covered')
          } else {
            seen.open++
            expect(found.exhausted).toBe(false)
            expect(found.openUs.length).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: runs, seed },
    )
    expect(Math.min(seen.refuted, seen.open)).toBeGreaterThan(runs / 20)
  })
})
