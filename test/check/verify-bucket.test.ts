import { describe, expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { refuteBucket } from '../../lib/check/refute/bucket.ts'
import type { Reason } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

describe.each(['token-bucket', 'gcra'] as const)('a certificate against a %s of 2 in 10', (algorithm) => {
  const says = (seen: readonly Seen[], reason: Reason, limit = 2, hiddenUntilUs?: number) =>
    verifyCertificate(evidenceOf(seen, hiddenUntilUs), {
      refuted: true,
      hypothesis: limiter(algorithm, limit),
      cases: [{ reason }],
    })

  it('over-refill: more than it holds and what flows in', () => {
    const rows = (...some: number[]): Reason => ({ kind: 'over-refill', rows: some })
    const seen: Seen[] = [{ lo: 0 }, { lo: 1 }, { lo: 4 }, { lo: 5 }, { lo: 0, hi: 5 }]
    expect(says(seen, rows(0, 1, 2))).toBeUndefined()
    expect(says(seen, rows(2, 1, 0))).toBeUndefined()
    // 5 µs let one flow in.
    expect(says(seen, rows(0, 1, 3))).toContain('may be let through')
    expect(says(seen, rows(1, 2, 4))).toContain('may be let through')
    expect(says(seen, rows(0, 1))).toContain('may be let through')
    expect(says(seen, rows(0, 1, 1))).toContain('may be let through')
    expect(says(seen, rows(0, 1, 2), 3)).toContain('may be let through')
    expect(says(seen, rows(0, 1, 99))).toContain('that there are not')
    for (const as of ['unknown', 'refused', 'vacant'] as const) {
      expect(says([{ lo: 0 }, { lo: 1 }, { lo: 4, as }], rows(0, 1, 2))).toContain('not let through')
    }
    const dear: Seen[] = [{ lo: 0, cost: 2 }, { lo: 4 }]
    expect(says(dear, rows(0, 1))).toBeUndefined()
  })

  it('admitted when full: after so much that too little can have flowed in', () => {
    const full = (admitted: number, ...rows: number[]): Reason => ({
      kind: 'admitted-when-full',
      admitted,
      rows,
    })
    const seen: Seen[] = [{ lo: 0 }, { lo: 1 }, { lo: 3, hi: 4 }, { lo: 2, hi: 3 }, { lo: 4, hi: 5 }]
    expect(says(seen, full(2, 0, 1))).toBeUndefined()
    expect(says(seen, full(2, 0))).toContain('may have flowed')
    expect(says(seen, full(2, 0, 0))).toContain('may have flowed')
    expect(says(seen, full(4, 0, 1))).toContain('may have flowed')
    expect(says(seen, full(2, 0, 3))).toContain('come before')
    expect(says(seen, full(2, 0, 2))).toContain('need not count')
    expect(says(seen, full(2, 0, 99))).toContain('that there are not')
    expect(says(seen, full(99, 0, 1))).toContain('not let through')
    const third = (as: Seen['as']): Seen[] => [{ lo: 0 }, { lo: 1 }, { lo: 3, as }]
    expect(says(third('vacant'), full(2, 0, 1))).toBeUndefined()
    expect(says(third('refused'), full(2, 0, 1))).toContain('not let through')
    expect(says(third('unknown'), full(2, 0, 1))).toContain('not let through')
    expect(says([{ lo: 0, as: 'unknown' }, { lo: 1 }, { lo: 3 }], full(2, 0, 1))).toContain('need not count')
  })

  it('admitted when full: what costs more than the bucket holds, with nothing before it', () => {
    const full: Reason = { kind: 'admitted-when-full', admitted: 0, rows: [] }
    // So long that enough flows in meanwhile for the same in several requests.
    for (const as of ['accepted', 'vacant'] as const) {
      const seen: Seen[] = [{ lo: 0, hi: 100, cost: 3, as }]
      expect(says(seen, full)).toBeUndefined()
      expect(says(seen, full, 3)).toContain('no row at all')
      const refutation = refuteBucket(new EvidenceIndex(evidenceOf(seen)), limiter(algorithm, 2))
      expect(refutation).toMatchObject({ refuted: true, cases: [{ reason: full }] })
      expect(refuteBucket(new EvidenceIndex(evidenceOf(seen)), limiter(algorithm, 3)).refuted).toBe(false)
    }
    expect(says([{ lo: 0, hi: 100, cost: 3, as: 'unknown' }], full)).toContain('not let through')
  })

  it('unjustified refusal: where a token must have been there', () => {
    const refusal = (row: number): Reason => ({ kind: 'unjustified-refusal', refused: row, unitsAtMost: 0 })
    const refused = (lo: number, hi = lo, cost = 1): Seen => ({ lo, hi, as: 'refused', cost })
    expect(says([refused(6), { lo: 0 }, { lo: 1 }], refusal(0))).toBeUndefined()
    // The bucket was empty at 1 and has a token again at 5 at the earliest, at 6 at the latest.
    expect(says([refused(5), { lo: 0 }, { lo: 1 }], refusal(0))).toBeUndefined()
    expect(says([refused(5), { lo: 0 }, { lo: 0, hi: 1 }], refusal(0))).toBeUndefined()
    expect(says([refused(5), { lo: 1 }, { lo: 1 }], refusal(0))).toContain('may have been empty')
    expect(says([refused(4), { lo: 0 }, { lo: 0 }], refusal(0))).toContain('may have been empty')
    expect(says([refused(5), { lo: 1, as: 'unknown' }, { lo: 1 }], refusal(0))).toContain(
      'may have been empty',
    )
    expect(says([refused(5, 8), { lo: 8 }, { lo: 5, hi: 9 }], refusal(0))).toContain('may have been empty')
    expect(says([refused(5, 8), { lo: 9 }, { lo: 9 }], refusal(0))).toBeUndefined()
    expect(says([refused(5), refused(1), refused(1)], refusal(0))).toBeUndefined()
    expect(says([{ lo: 5 }], refusal(0))).toContain('proves anything')
    expect(says([refused(5)], refusal(99))).toContain('proves anything')
    expect(says([refused(5)], refusal(0), 2, 5)).toBeUndefined()
    expect(says([refused(5)], refusal(0), 2, 6)).toContain('proves anything')
    expect(says([refused(5, 5, 2)], refusal(0))).toBeUndefined()
    expect(says([refused(5, 5, 3)], refusal(0))).toContain('never fits')
  })

  it('takes one reason, of a kind that speaks of a bucket', () => {
    expect(says([{ lo: 0 }], { kind: 'over-admission', windows: 1, rows: [0] })).toContain('no reason')
    const hypothesis = limiter(algorithm)
    const all = (cases: Parameters<typeof verifyCertificate>[1]['cases']) =>
      verifyCertificate(evidenceOf([{ lo: 0 }, { lo: 0 }, { lo: 0 }]), { refuted: true, hypothesis, cases })
    const reason: Reason = { kind: 'over-refill', rows: [0, 1, 2] }
    expect(all([{ reason }])).toBeUndefined()
    expect(all([{ reason }, { reason }])).toContain('one reason')
    expect(all([{}])).toContain('one reason')
    expect(all([])).toContain('one reason')
  })
})
