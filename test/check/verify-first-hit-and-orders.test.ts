import { describe, expect, it } from 'vitest'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { someOrderExplains } from '../../lib/check/verify/verify-order.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

const over = (rows: number[]): Reason => ({ kind: 'over-admission', windows: 1, rows })

describe('a certificate against a first-hit window of 2 in 10', () => {
  const firstHit = limiter('first-hit-window')
  const says = (seen: readonly Seen[], cases: Case[]) =>
    verifyCertificate(evidenceOf(seen), { refuted: true, hypothesis: firstHit, cases })

  it('stands where the first window holds too much, wherever it starts', () => {
    const seen: Seen[] = [{ lo: 0, hi: 2 }, { lo: 3 }, { lo: 4 }]
    expect(says(seen, [{ startUs: [0, 2], reason: over([0, 1, 2]) }])).toBeUndefined()
    expect(says(seen, [{ startUs: [1, 2], reason: over([0, 1, 2]) }])).toContain('not covered')
    expect(says(seen, [{ startUs: [0, 1], reason: over([0, 1, 2]) }])).toContain('not covered')
    expect(says(seen, [{ startUs: [0, 2], reason: over([0, 1]) }])).toContain('too little')
    expect(says(seen, [{ startUs: [0, 2] }])).toContain('without a reason')
    expect(says(seen, [{ reason: over([0, 1, 2]) }])).toMatch(/range of starts|too little/)
  })

  it('goes on to the next window, which starts at the first request after the end', () => {
    const seen: Seen[] = [{ lo: 0 }, { lo: 9 }, { lo: 10 }, { lo: 11 }, { lo: 19 }]
    const next = (from: number, to: number, reason: Reason): Case[] => [
      { startUs: [0, 0], next: [{ startUs: [from, to], reason }] },
    ]
    expect(says(seen, next(10, 10, over([2, 3, 4])))).toBeUndefined()
    expect(says(seen, next(10, 10, over([1, 3, 4])))).toContain('too little')
    expect(says(seen, next(11, 11, over([2, 3, 4])))).toContain('not covered')
    expect(says(seen, [{ startUs: [0, 0], next: [] }])).toContain('not covered')
  })

  it('ends with a refusal that nothing can have filled a window for', () => {
    const seen: Seen[] = [{ lo: 0 }, { lo: 5, as: 'refused' }]
    const refused = (row: number): Reason => ({ kind: 'unjustified-refusal', refused: row, unitsAtMost: 1 })
    expect(says(seen, [{ startUs: [0, 0], reason: refused(1) }])).toBeUndefined()
    expect(says([...seen, { lo: 5 }], [{ startUs: [0, 0], reason: refused(1) }])).toContain('enough')
    expect(says([{ lo: 0, as: 'refused' }], [{ reason: refused(0) }])).toBeUndefined()
    expect(says([{ lo: 0 }], [{ reason: refused(0) }])).toContain('could belong')
    expect(says([{ lo: 0, as: 'refused', cost: 3 }], [{ reason: refused(0) }])).toContain('could belong')
    const maybe: Seen[] = [{ lo: 0, as: 'unknown' }]
    expect(says(maybe, [{ startUs: [0, 0], reason: over([]) }])).toContain('too little')
    const late: Seen[] = [{ lo: 0 }, { lo: 9, as: 'unknown' }, { lo: 30, as: 'refused' }]
    expect(says(late, [{ startUs: [0, 0], next: [{ reason: refused(2) }] }])).toBeUndefined()
    expect(says(late, [{ startUs: [0, 0], next: [] }])).toContain('no window need follow')
  })
})

describe('a proof by exhaustion', () => {
  const says = (seen: readonly Seen[], rows: number[], algorithm: Parameters<typeof limiter>[0]) =>
    verifyCertificate(evidenceOf(seen), {
      refuted: true,
      hypothesis: limiter(algorithm, 1),
      cases: [{ reason: { kind: 'no-order', rows } }],
    })
  const explained = 'an order explains the answers'

  it.each([
    'fixed-window',
    'sliding-counter',
    'first-hit-window',
    'sliding-log',
    'gcra',
    'token-bucket',
  ] as const)('against a %s counts only the rows that it names', (algorithm) => {
    // Let through, and refused long after: no limiter of 1 in 10 does that.
    const refusal: Seen[] = [{ lo: 0 }, { lo: 40, as: 'refused' }]
    expect(says(refusal, [0, 1], algorithm)).toBeUndefined()
    expect(says(refusal, [1], algorithm)).toBeUndefined()
    expect(says(refusal, [0], algorithm)).toBe(explained)
    expect(says(refusal, [], algorithm)).toBe(explained)
    expect(says([...refusal, { lo: 40 }], [0, 1], algorithm)).toBe(explained)
    expect(says([{ lo: 0 }, { lo: 5, as: 'refused' }], [0, 1], algorithm)).toBe(explained)
    // Three at once are too many for two windows of one.
    const burst: Seen[] = [{ lo: 0 }, { lo: 1 }, { lo: 1 }]
    expect(says(burst, [0, 1, 2], algorithm)).toBeUndefined()
    expect(says(burst, [0], algorithm)).toBe(explained)
  })

  it('is given up where there are too many orders', () => {
    // Each lies within the one before it: of those that start and end one after another, only that order is tried.
    const evidence = evidenceOf(Array.from({ length: 5 }, (_, k): Seen => ({ lo: k, hi: 104 - k })))
    const told = new Set(evidence.rows)
    expect(someOrderExplains(evidence, limiter('sliding-log', 1, 30), told, 10)).toBeUndefined()
    expect(someOrderExplains(evidence, limiter('sliding-log', 1, 30), told, 100_000)).toBe(false)
    expect(someOrderExplains(evidence, limiter('sliding-log', 1, 24), told, 100_000)).toBe(true)
  })
})
