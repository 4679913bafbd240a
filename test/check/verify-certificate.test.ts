import { describe, expect, it, test } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

const verify = (seen: readonly Seen[], hypothesis: Hypothesis, cases: Case[], hiddenUntilUs?: number) =>
  verifyCertificate(evidenceOf(seen, hiddenUntilUs), { refuted: true, hypothesis, cases })

const over = (rows: number[], rest: { windows?: number; afterRefused?: number } = {}): Reason => ({
  kind: 'over-admission',
  windows: 1,
  rows,
  ...rest,
})
const full = (admitted: number, rows: number[]): Reason => ({ kind: 'admitted-when-full', admitted, rows })
const unjustified = (refused: number): Reason => ({ kind: 'unjustified-refusal', refused, unitsAtMost: 1 })
const refusedFirst = (refused: number, admitted: number): Reason => ({
  kind: 'refusal-before-admission',
  refused,
  admitted,
})
const at = (from: number, to: number, reason?: Reason): Case => ({ startUs: [from, to], reason })
/** Starts of the other phases, without a reason: what stands before them was accepted if they are missed. */
const rest = (from: number): Case => at(from, from + 9)
const unclosed = 'a case without a reason'

describe('a certificate against a fixed window of 2 in 10', () => {
  const fixed = limiter('fixed-window')
  const bursts: Seen[] = [0, 1, 2, 12, 13, 14].map((lo) => ({ lo }))
  const [early, late] = [over([0, 1, 2]), over([3, 4, 5])]

  it('stands where two bursts leave no phase', () => {
    expect(verify(bursts, fixed, [at(-7, 0, early), at(11, 12, late)])).toBeUndefined()
  })

  test.each<[string, Case[], string]>([
    ['a row too few', [at(-7, 0, over([0, 1])), at(11, 12, late)], 'too little'],
    ['a row twice', [at(-7, 0, over([0, 1, 1])), at(11, 12, late)], 'too little'],
    ['a row that is not there', [at(-7, 0, over([0, 1, 99])), at(11, 12, late)], 'too little'],
    ['a row of another window', [at(-7, 0, over([0, 1, 3])), at(11, 12, late)], 'too little'],
    ['two windows for one', [at(-7, 0, over([0, 1, 2], { windows: 2 })), at(11, 12, late)], 'too little'],
    ['a range that starts too early', [at(-8, 0, early), at(11, 12, late)], 'too little'],
    ['a range that ends too late', [at(-7, 1, early), at(11, 12, late)], 'too little'],
    ['a phase left out', [at(-7, 0, early), at(12, 12, late)], 'not covered'],
    ['the last phase left out', [at(-7, -2, early), at(10, 12, late)], 'not covered'],
    ['no range', [{ reason: early }, at(11, 12, late)], 'range of starts'],
    ['a range of less than a microsecond', [at(-7.5, 0, early), at(11, 12, late)], 'range of starts'],
    ['a range that ends between two', [at(-7, 0.5, early), at(11, 12, late)], 'range of starts'],
    ['a range upside down', [at(0, -7, early), at(11, 12, late)], 'range of starts'],
    ['no reason', [at(-7, 0), at(11, 12, late)], unclosed],
    ['no case', [], 'not covered'],
  ])('falls with %s', (_, cases, wrong) => {
    expect(verify(bursts, fixed, cases)).toContain(wrong)
  })

  it('falls where a row was not let through', () => {
    for (const as of ['refused', 'unknown', 'vacant'] as const) {
      const seen = bursts.map((request, row) => (row === 1 ? { ...request, as } : request))
      expect(verify(seen, fixed, [at(-7, 0, early), at(11, 12, late)])).toContain('too little')
    }
  })

  it('falls where the window holds one more', () => {
    const wider = limiter('fixed-window', 3)
    expect(verify(bursts, wider, [at(-7, 0, early), at(11, 12, late)])).toContain('too little')
  })
})

/** Whether one case is accepted, the others of the circle being left open. */
const holds = (seen: readonly Seen[], hypothesis: Hypothesis, one: Case, hiddenUntilUs?: number) =>
  verify(seen, hypothesis, [one, rest(one.startUs?.[0] ?? 0)], hiddenUntilUs) === unclosed

describe.each(['fixed-window', 'sliding-counter'] as const)('a case against a %s', (algorithm) => {
  const two = limiter(algorithm)

  it('admitted when full: only after enough that surely came before, in this window', () => {
    const seen: Seen[] = [{ lo: 1 }, { lo: 2 }, { lo: 4 }, { lo: 3, hi: 4 }, { lo: 5, as: 'unknown' }]
    expect(holds(seen, two, at(0, 0, full(2, [0, 1])))).toBe(true)
    expect(holds(seen, two, at(-5, 1, full(2, [0, 1])))).toBe(true)
    expect(holds(seen, two, at(0, 0, full(2, [0])))).toBe(false)
    expect(holds(seen, two, at(0, 0, full(2, [0, 0])))).toBe(false)
    expect(holds(seen, two, at(0, 0, full(2, [0, 3])))).toBe(false)
    expect(holds(seen, two, at(0, 0, full(2, [0, 2])))).toBe(false)
    expect(holds(seen, two, at(0, 0, full(4, [0, 1])))).toBe(false)
    expect(holds(seen, two, at(0, 0, full(99, [0, 1])))).toBe(false)
    expect(holds(seen, two, at(-6, 0, full(2, [0, 1])))).toBe(false)
    expect(holds(seen, two, at(0, 2, full(2, [0, 1])))).toBe(false)
    expect(holds(seen, limiter(algorithm, 3), at(0, 0, full(2, [0, 1])))).toBe(false)
  })

  it('admitted when full: of those that another limit refused as well, and after refusals that count', () => {
    const vacant: Seen[] = [{ lo: 1 }, { lo: 2 }, { lo: 4, as: 'vacant' }]
    expect(holds(vacant, two, at(0, 0, full(2, [0, 1])))).toBe(true)
    const refused: Seen[] = [{ lo: 1 }, { lo: 2, as: 'refused' }, { lo: 4 }]
    const says = (evidence: Evidence) =>
      verifyCertificate(evidence, {
        refuted: true,
        hypothesis: two,
        cases: [at(0, 0, full(2, [0, 1])), rest(0)],
      })
    expect(says(evidenceOf(refused))).toContain('too little')
    expect(says(countingRefusals(refused))).toBe(unclosed)
  })

  it('over-admission: refusals that count were not let through', () => {
    const seen: Seen[] = [1, 2, 8, 9, 19].map((lo) => ({ lo, as: lo === 9 ? 'refused' : 'accepted' }))
    for (const [windows, rows] of [
      [1, [0, 1, 3]],
      [2, [0, 1, 2, 3, 4]],
    ] as const) {
      const cases = [at(0, 1, over([...rows], { windows })), rest(0)]
      const proof = { refuted: true, hypothesis: two, cases } as const
      expect(verifyCertificate(countingRefusals(seen), proof)).toContain('too little')
    }
  })

  it('over-admission in windows that adjoin: only what surely lies in them, more than all of them hold', () => {
    // Five, of which two lie across the start of the second window, at 10.
    const seen: Seen[] = [
      { lo: 1 },
      { lo: 2 },
      { lo: 8, hi: 12 },
      { lo: 9, hi: 11 },
      { lo: 19 },
      { lo: 14, as: 'unknown' },
    ]
    const all = [0, 1, 2, 3, 4]
    expect(holds(seen, two, at(0, 1, over(all, { windows: 2 })))).toBe(true)
    expect(holds(seen, two, at(0, 2, over(all, { windows: 2 })))).toBe(false)
    expect(holds(seen, two, at(-1, 1, over(all, { windows: 2 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over([0, 1, 2, 3, 5], { windows: 2 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over([0, 1, 2, 3, 3], { windows: 2 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over([0, 1, 2, 3, 99], { windows: 2 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over(all, { windows: 3 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over(all, { windows: 1.5 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over(all, { windows: 0 })))).toBe(false)
    expect(holds(seen, two, at(0, 1, over(all, { windows: 2, afterRefused: 0 })))).toBe(false)
    expect(holds(seen, limiter(algorithm, 3), at(0, 1, over(all, { windows: 2 })))).toBe(false)
  })

  it('unjustified refusal: only where too little can have been counted', () => {
    const seen: Seen[] = [{ lo: 1 }, { lo: 6, hi: 7, as: 'refused' }]
    expect(holds(seen, two, at(0, 0, unjustified(1)))).toBe(true)
    expect(holds(seen, two, at(0, 0, unjustified(0)))).toBe(false)
    expect(holds(seen, two, at(0, 0, unjustified(99)))).toBe(false)
    expect(holds([...seen, { lo: 7 }], two, at(0, 0, unjustified(1)))).toBe(false)
    expect(holds([...seen, { lo: 7, hi: 30, as: 'unknown' }], two, at(0, 0, unjustified(1)))).toBe(false)
    expect(holds([...seen, { lo: 8 }], two, at(0, 0, unjustified(1)))).toBe(true)
    expect(holds([...seen, { lo: 3, as: 'refused' }], two, at(0, 0, unjustified(1)))).toBe(true)
    expect(holds(seen, limiter(algorithm, 1), at(0, 0, unjustified(1)))).toBe(false)
  })

  it('unjustified refusal: not where it may lie in the next window, or something is hidden', () => {
    const seen: Seen[] = [{ lo: 6, hi: 10, as: 'refused' }]
    expect(holds(seen, two, at(1, 1, unjustified(0)))).toBe(true)
    expect(holds(seen, two, at(0, 0, unjustified(0)))).toBe(false)
    expect(holds(seen, two, at(1, 1, unjustified(0)), 6)).toBe(true)
    expect(holds(seen, two, at(1, 1, unjustified(0)), 7)).toBe(false)
  })
})

describe('a case against a fixed window', () => {
  const fixed = limiter('fixed-window')

  it('refusal before admission: only in this order, in one window, and no cheaper', () => {
    const seen: Seen[] = [{ lo: 2, hi: 3, as: 'refused' }, { lo: 4, hi: 5 }, { lo: 3 }]
    expect(holds(seen, fixed, at(0, 0, refusedFirst(0, 1)))).toBe(true)
    expect(holds(seen, fixed, at(-4, 2, refusedFirst(0, 1)))).toBe(true)
    expect(holds(seen, fixed, at(-5, 0, refusedFirst(0, 1)))).toBe(false)
    expect(holds(seen, fixed, at(0, 3, refusedFirst(0, 1)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(0, 2)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(1, 0)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(1, 1)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(0, 0)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(0, 99)))).toBe(false)
    expect(holds(seen, fixed, at(0, 0, refusedFirst(99, 1)))).toBe(false)
    const costs = (refused: number, admitted: number): Seen[] => [
      { lo: 2, as: 'refused', cost: refused },
      { lo: 4, cost: admitted },
    ]
    expect(holds(costs(1, 2), fixed, at(0, 0, refusedFirst(0, 1)))).toBe(true)
    expect(holds(costs(2, 1), fixed, at(0, 0, refusedFirst(0, 1)))).toBe(false)
  })

  it('over-admission after a refusal: only where that surely lies in the window before', () => {
    const seen = (refused: Seen): Seen[] => [{ as: 'refused', ...refused }, { lo: 9 }, { lo: 11 }, { lo: 12 }]
    const case_ = at(9, 10, over([1, 2, 3], { afterRefused: 0 }))
    expect(holds(seen({ lo: 1, hi: 7 }), fixed, case_)).toBe(true)
    expect(holds(seen({ lo: 1, hi: 7 }), fixed, at(9, 10, over([1, 2, 3])))).toBe(false)
    expect(holds(seen({ lo: -1, hi: 7 }), fixed, case_)).toBe(false)
    expect(holds(seen({ lo: 1, hi: 9 }), fixed, case_)).toBe(false)
    const early: Seen[] = [{ lo: 1, hi: 7, as: 'refused' }, { lo: 7 }, { lo: 11 }, { lo: 12 }]
    expect(holds(early, fixed, case_)).toBe(false)
    expect(holds(seen({ lo: 1, hi: 7, as: 'unknown' }), fixed, case_)).toBe(false)
    expect(holds(seen({ lo: 1, hi: 7, cost: 2 }), fixed, case_)).toBe(false)
    expect(holds(seen({ lo: 1, hi: 7 }), fixed, at(9, 10, over([1, 2, 3], { afterRefused: 99 })))).toBe(false)
  })

  it('unjustified refusal: in whichever of two windows it fell', () => {
    const refusal: Seen = { lo: 9, hi: 10, as: 'refused' }
    expect(holds([refusal, { lo: 0 }, { lo: 11 }], fixed, at(10, 10, unjustified(0)))).toBe(true)
    expect(holds([refusal, { lo: 0 }, { lo: 1 }], fixed, at(10, 10, unjustified(0)))).toBe(false)
    expect(holds([refusal, { lo: 10 }, { lo: 10 }], fixed, at(10, 10, unjustified(0)))).toBe(false)
    expect(holds([refusal], fixed, at(21, 21, unjustified(0)))).toBe(false)
  })
})

describe('a case against a sliding counter', () => {
  it('counts what the window before carries over, rounded to the safe side', () => {
    const counter = limiter('sliding-counter', 4)
    const four: Seen[] = [0, 1, 2, 3].map((lo) => ({ lo }))
    // At 12, 2 after the boundary, 4 · 8/10 = 3.2 are carried over: 3 surely, 4 possibly.
    expect(holds([...four, { lo: 11 }, { lo: 12 }], counter, at(10, 10, full(5, [4])))).toBe(true)
    expect(holds([...four, { lo: 11 }, { lo: 13 }], counter, at(10, 10, full(5, [4])))).toBe(false)
    expect(holds([...four, { lo: 11 }, { lo: 13 }], counter, at(10, 10, full(5, [])))).toBe(false)
    // Not what an earlier window counted, nor what need not have counted.
    const earlier = four.map(({ lo }): Seen => ({ lo: lo - 10 }))
    expect(holds([...earlier, { lo: 11 }, { lo: 12 }], counter, at(10, 10, full(5, [4])))).toBe(false)
    const unknown = four.map(({ lo }): Seen => ({ lo, as: 'unknown' }))
    expect(holds([...unknown, { lo: 11 }, { lo: 12 }], counter, at(10, 10, full(5, [4])))).toBe(false)
    const refusal = (lo: number): Seen[] => [...four, { lo, as: 'refused' }]
    expect(holds(refusal(12), counter, at(10, 10, unjustified(4)))).toBe(false)
    expect(holds(refusal(13), counter, at(10, 10, unjustified(4)))).toBe(true)
    expect(holds(refusal(13), counter, at(10, 11, unjustified(4)))).toBe(false)
    expect(holds(refusal(13), counter, at(3, 3, unjustified(4)))).toBe(false)
    expect(holds(refusal(13), counter, at(14, 14, unjustified(4)))).toBe(false)
    expect(holds(four, counter, at(0, 0, refusedFirst(0, 1)))).toBe(false)
  })

  it('counts once what may lie on either side of the start, and always', () => {
    const counter = limiter('sliding-counter', 4)
    const [two, four] = [2, 4].map((count) => Array.from({ length: count }, (_, lo): Seen => ({ lo })))
    const across: Seen = { lo: 9, hi: 10 }
    // At 12 at least (4 + 1) · 8/10 = 4 are counted, wherever the one across fell.
    expect(holds([...(four as Seen[]), across, { lo: 12 }], counter, at(10, 10, full(5, [])))).toBe(true)
    expect(holds([...(four as Seen[]), across, { lo: 13 }], counter, at(10, 10, full(5, [])))).toBe(false)
    // At 13 at most 2 · 7/10 rounded up, and the one across, are counted.
    const refused = (lo: number): Seen[] => [...(two as Seen[]), across, { lo, as: 'refused' }]
    expect(holds(refused(13), counter, at(10, 10, unjustified(3)))).toBe(true)
    expect(holds([{ lo: 3 }, ...refused(13)], counter, at(10, 10, unjustified(4)))).toBe(false)
  })
})

describe('a certificate against a sliding log of 2 in 10', () => {
  const log = limiter('sliding-log')
  const says = (seen: readonly Seen[], reason: Reason, hiddenUntilUs?: number) =>
    verify(seen, log, [{ reason }], hiddenUntilUs)

  it('over-admission: more than a span of windows holds', () => {
    const seen: Seen[] = [0, 4, 9, 10, 19].map((lo) => ({ lo }))
    expect(says(seen, over([0, 1, 2]))).toBeUndefined()
    expect(says(seen, over([0, 1, 2, 3, 4], { windows: 2 }))).toBeUndefined()
    expect(says(seen, over([0, 1, 3]))).toContain('too little')
    expect(says(seen, over([0, 1]))).toContain('too little')
    expect(says(seen, over([0, 1, 1]))).toContain('too little')
    expect(says(seen, over([0, 1, 2, 3], { windows: 2 }))).toContain('too little')
    expect(says([{ lo: 0 }, { lo: 4 }, { lo: 8, as: 'unknown' }], over([0, 1, 2]))).toContain('too little')
    const refused: Seen[] = [{ lo: 0 }, { lo: 4 }, { lo: 8, as: 'refused' }]
    const cases = [{ reason: over([0, 1, 2]) }]
    const counted = countingRefusals(refused)
    expect(verifyCertificate(counted, { refuted: true, hypothesis: log, cases })).toContain('too little')
    expect(says(seen, over([0, 1, 2], { windows: -1 }))).toContain('rows or windows')
  })

  it('admitted when full: after enough that surely was still logged', () => {
    const seen: Seen[] = [{ lo: 1 }, { lo: 2 }, { lo: 8, hi: 10 }, { lo: 0 }, { lo: 7, hi: 8 }]
    expect(says(seen, full(2, [0, 1]))).toBeUndefined()
    expect(says(seen, full(2, [0]))).toContain('too little')
    expect(says(seen, full(2, [1, 3]))).toContain('too little')
    expect(says(seen, full(2, [1, 4]))).toContain('too little')
    expect(says(seen, full(99, [0, 1]))).toContain('admitted request')
    const refused = seen.map((request, row): Seen => (row === 2 ? { ...request, as: 'refused' } : request))
    expect(says(refused, full(2, [0, 1]))).toContain('admitted request')
  })

  it('unjustified refusal: where too little can have been logged', () => {
    const seen: Seen[] = [{ lo: 5 }, { lo: 11, hi: 12, as: 'refused' }]
    expect(says(seen, unjustified(1))).toBeUndefined()
    expect(says([...seen, { lo: 1 }], unjustified(1))).toBeUndefined()
    expect(says([...seen, { lo: 1, hi: 2 }], unjustified(1))).toContain('enough')
    expect(says([...seen, { lo: 12, as: 'unknown' }], unjustified(1))).toContain('enough')
    expect(says([...seen, { lo: 13 }], unjustified(1))).toBeUndefined()
    expect(says(seen, unjustified(0))).toContain('no refusal')
    expect(says(seen, unjustified(1), 11)).toBeUndefined()
    expect(says(seen, unjustified(1), 12)).toContain('no refusal')
  })

  it('takes one reason, of a kind that speaks of a log', () => {
    const seen: Seen[] = [0, 4, 9].map((lo) => ({ lo }))
    expect(says(seen, refusedFirst(0, 1))).toContain('does not hold')
    expect(verify(seen, log, [])).toContain('one reason')
    expect(verify(seen, log, [{}])).toContain('one reason')
    expect(verify(seen, log, [{ reason: over([0, 1, 2]) }, { reason: over([0, 1, 2]) }])).toContain(
      'one reason',
    )
  })
})
