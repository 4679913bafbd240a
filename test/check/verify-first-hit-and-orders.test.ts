import { describe, expect, it } from 'vitest'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { someOrderExplains } from '../../lib/check/verify/verify-order.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

const over = (rows: number[]): Reason => ({ kind: 'over-admission', windows: 1, rows })

describe('a certificate against a first-hit window of 2 in 10', () => {
  const firstHit = limiter('first-hit-window')
  const says = (seen: readonly Seen[], cases: Case[], refusalsCount = false) => {
    const evidence = refusalsCount ? countingRefusals(seen) : evidenceOf(seen)
    return verifyCertificate(evidence, { refuted: true, hypothesis: firstHit, cases })
  }

  it('stands where the first window holds too much, wherever it starts', () => {
    const seen: Seen[] = [{ lo: 0, hi: 2 }, { lo: 3 }, { lo: 4 }]
    expect(says(seen, [{ startUs: [0, 2], reason: over([0, 1, 2]) }])).toBeUndefined()
    expect(says(seen, [{ startUs: [1, 2], reason: over([0, 1, 2]) }])).toContain('not covered')
    expect(says(seen, [{ startUs: [0, 1], reason: over([0, 1, 2]) }])).toContain('not covered')
    expect(says(seen, [{ startUs: [0, 2], reason: over([0, 1]) }])).toContain('too little')
    expect(says(seen, [{ startUs: [0, 2] }])).toContain('without a reason')
    const whole: Case = { startUs: [0, 2], reason: over([0, 1, 2]) }
    expect(says(seen, [{ reason: over([0, 1, 2]) }, whole])).toContain('without a range of starts')
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

  it('covers every start that can follow: not only those up to the first that may be counted', () => {
    const refused: Reason = { kind: 'unjustified-refusal', refused: 2, unitsAtMost: 1 }
    const maybe: Seen[] = [{ lo: 0 }, { lo: 12, as: 'unknown' }, { lo: 30, as: 'refused' }]
    const followed = (next: Case[]): Case[] => [{ startUs: [0, 0], next }]
    expect(says(maybe, followed([{ reason: refused }]))).toContain('not covered')
    const second: Case = { startUs: [12, 12], next: [{ reason: refused }] }
    expect(says(maybe, followed([{ reason: refused }, second]))).toBeUndefined()
    const burst: Seen[] = [{ lo: 0 }, { lo: 12, as: 'unknown' }, { lo: 15 }, { lo: 16 }, { lo: 17 }]
    expect(says(burst, followed([{ startUs: [12, 12], reason: over([2, 3, 4]) }]))).toContain('not covered')
    expect(says(burst, followed([{ startUs: [12, 15], reason: over([2, 3, 4]) }]))).toBeUndefined()
    const wide: Seen[] = [{ lo: 0, hi: 2 }, { lo: 11 }, { lo: 13 }, { lo: 14 }, { lo: 15 }]
    const from = (lo: number, hi: number): Case[] => [
      { startUs: [0, 2], next: [{ startUs: [lo, hi], reason: over([2, 3, 4]) }] },
    ]
    expect(says(wide, from(11, 11))).toContain('not covered')
    expect(says(wide, from(11, 13))).toBeUndefined()
  })

  it('a refusal at the edges of a window belongs to it, or to none', () => {
    const refused: Reason = { kind: 'unjustified-refusal', refused: 1, unitsAtMost: 1 }
    const alone: Case[] = [{ startUs: [0, 0], next: [{ reason: refused }] }]
    expect(says([{ lo: 0 }, { lo: 0, as: 'refused' }], alone)).toBeUndefined()
    expect(says([{ lo: 0 }, { lo: 30, as: 'refused', cost: 2 }], alone)).toBeUndefined()
    expect(says([{ lo: 0 }, { lo: 30, as: 'refused', cost: 3 }], alone)).toContain('could belong')
    expect(
      says(
        [
          { lo: 0, hi: 1 },
          { lo: 0, as: 'refused' },
        ],
        [{ ...alone[0], startUs: [0, 1] }],
      ),
    ).toContain('could belong')
    const within: Seen[] = [{ lo: 0 }, { lo: 5, as: 'refused' }, { lo: 1 }]
    expect(says(within, alone)).toContain('could belong')
    const between = (cost: number): Seen[] => [{ lo: 0 }, { lo: 15, as: 'refused', cost }, { lo: 20 }]
    const later: Case[] = [{ startUs: [0, 0], next: [{ startUs: [20, 20], reason: refused }] }]
    expect(says(between(2), later)).toBeUndefined()
    expect(says(between(3), later)).toContain('neither window')
    // What is counted after the end of the window says nothing of a refusal that lay across it.
    const across: Seen[] = [{ lo: 0 }, { lo: 8, hi: 14, as: 'refused' }, { lo: 10 }]
    const next: Case[] = [{ reason: refused }, { startUs: [10, 10], reason: refused }]
    expect(says(across, [{ startUs: [0, 0], next }])).toBeUndefined()
  })

  it('counts windows that may start anywhere by the span that they touch', () => {
    const five: Seen[] = [0, 1, 2, 8, 9].map((lo) => ({ lo }))
    const in2 = (rows: number[]): Case[] => [{ reason: { kind: 'over-admission', windows: 2, rows } }]
    expect(says(five, in2([0, 1, 2, 3, 4]))).toBeUndefined()
    expect(says(five, in2([4, 3, 2, 1, 0]))).toBeUndefined()
    expect(says(five, in2([0, 1, 2, 3]))).toContain('too little')
    expect(says([...five.slice(0, 4), { lo: 10 }], in2([0, 1, 2, 3, 4]))).toContain('too little')
    expect(says([...five.slice(0, 4), { lo: 9, as: 'unknown' }], in2([0, 1, 2, 3, 4]))).toContain(
      'too little',
    )
    expect(says([...five.slice(0, 4), { lo: 9, as: 'refused' }], in2([0, 1, 2, 3, 4]), true)).toContain(
      'too little',
    )
    expect(says(five, [...in2([0, 1, 2, 3, 4]), { startUs: [50, 50] }])).toBeDefined()
    const two: Reason = { kind: 'over-admission', windows: 2, rows: [0, 1, 2] }
    expect(says(five, [{ startUs: [0, 0], reason: two }])).toContain('one window')
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

  it('begins no orders that the ends of requests exclude', () => {
    // One after another, as far apart as a log asks that holds the dearest: only the last one comes too early.
    const seen = Array.from({ length: 12 }, (_, k): Seen => ({ lo: k < 11 ? 20 * k : 219, cost: k + 1 }))
    const evidence = evidenceOf(seen)
    expect(someOrderExplains(evidence, limiter('sliding-log', 12, 20), new Set(evidence.rows), 13)).toBe(
      false,
    )
  })

  it('leaves out nothing that was let through, though something unseen may have been counted', () => {
    const explains = (seen: Seen) =>
      someOrderExplains(evidenceOf([seen], 100), limiter('sliding-log', 2), new Set([0]), 100)
    expect(explains({ lo: 0, cost: 3 })).toBe(false)
    expect(explains({ lo: 0, cost: 3, as: 'vacant' })).toBe(false)
    expect(explains({ lo: 0, cost: 1, as: 'vacant' })).toBe(true)
    expect(explains({ lo: 0, as: 'refused' })).toBe(true)
  })
})
