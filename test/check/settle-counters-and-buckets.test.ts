import { describe, expect, it } from 'vitest'
import { type Limiter, settle } from '../../lib/check/settle/settle.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** One round of settling a limiter of so many in 10, of which windows start at 0, 10, … */
function round(algorithm: Algorithm, limit: number, seen: readonly Seen[], counted = false) {
  const evidence = (counted ? countingRefusals : evidenceOf)(seen)
  const of: Limiter = { evidence, hypothesis: limiter(algorithm, limit), startUs: 0 }
  const atUs = evidence.loUs.slice()
  const settled = settle(of, atUs)
  return settled === 'impossible' ? settled : { settled, atUs: [...atUs] }
}

const changed = (...atUs: number[]) => ({ settled: 'changed', atUs })
const unchanged = (...atUs: number[]) => ({ settled: 'unchanged', atUs })
const refused = (lo: number, hi = lo): Seen => ({ lo, hi, as: 'refused' })

describe('a sliding counter of 2, where requests differ in cost,', () => {
  const counter = (...seen: Seen[]) => round('sliding-counter', 2, [...seen, { lo: 90, cost: 2 }])

  it('has the latest of a window come in the next one that can, whoever is too many', () => {
    expect(counter({ lo: 1, hi: 30 }, { lo: 2 }, { lo: 3 })).toEqual(changed(10, 2, 3, 90))
    expect(counter({ lo: 1, hi: 30 }, { lo: 2, hi: 10 }, { lo: 3 })).toEqual(changed(1, 10, 3, 90))
    expect(counter({ lo: 1, hi: 10 }, { lo: 2, hi: 9 }, { lo: 3 })).toEqual(changed(10, 2, 3, 90))
    expect(counter({ lo: 1, hi: 9 }, { lo: 2, hi: 9 }, { lo: 3 })).toBe('impossible')
  })

  it('has another one come then for each that is too many', () => {
    const two: Seen[] = [{ lo: 3 }, { lo: 4 }]
    expect(counter({ lo: 1, hi: 30 }, { lo: 2, hi: 30 }, ...two)).toEqual(changed(10, 10, 3, 4, 90))
    expect(counter({ lo: 1, hi: 9 }, { lo: 2, hi: 30 }, ...two)).toBe('impossible')
  })

  it('gains nothing by those of the window before', () => {
    expect(counter({ lo: 2, hi: 40 }, { lo: 12 }, { lo: 13 }, { lo: 14 })).toBe('impossible')
    expect(counter({ lo: 0, hi: 40 }, { lo: 1 }, { lo: 2 })).toEqual(changed(10, 1, 2, 90))
  })

  it('lets nobody through as long as those of the window before count too much', () => {
    // Of two in the window before one counts from 11 on, and none from 16 on.
    const before: Seen[] = [{ lo: 1 }, { lo: 2 }]
    expect(counter(...before, { lo: 10, hi: 11 })).toEqual(changed(1, 2, 11, 90))
    expect(counter(...before, { lo: 10 })).toBe('impossible')
    expect(counter(...before, { lo: 11 }, { lo: 12, hi: 16 })).toEqual(changed(1, 2, 11, 16, 90))
    expect(counter(...before, { lo: 11 }, { lo: 16 })).toEqual(unchanged(1, 2, 11, 16, 90))
    // They count no more two windows later.
    expect(counter(...before, { lo: 20 }, { lo: 20 })).toEqual(unchanged(1, 2, 20, 20, 90))
  })
})

describe('a sliding counter of 1 that has room for a refusal', () => {
  const counter = (...seen: Seen[]) => round('sliding-counter', 1, seen)

  it('has one of the window before come in the window of the refusal', () => {
    expect(counter({ lo: 8, hi: 12 }, refused(12, 14))).toEqual(changed(10, 12))
    expect(counter({ lo: 8, hi: 10 }, refused(12, 14))).toEqual(changed(10, 12))
    expect(counter({ lo: 8, hi: 9 }, refused(12, 14))).toBe('impossible')
    expect(counter(refused(2, 4))).toBe('impossible')
    // It is the window at the end of its time that counts.
    expect(counter({ lo: 8, hi: 20 }, refused(12, 21))).toEqual(changed(20, 12))
  })

  it('has the latest come that can', () => {
    const seen: Seen[] = [{ lo: 2, hi: 30 }, { lo: 18, hi: 30 }, { lo: 28, hi: 29 }, refused(32)]
    expect(counter(...seen)).toEqual(changed(2, 30, 28, 32))
  })
})

describe('refusals that are counted', () => {
  it.each(['sliding-counter', 'gcra'] as const)('do not count for themselves: a %s', (algorithm) => {
    expect(round(algorithm, 1, [refused(2)], true)).toBe('impossible')
    expect(round(algorithm, 1, [{ lo: 1 }, refused(2)], true)).toEqual(unchanged(1, 2))
    expect(round(algorithm, 2, [{ lo: 1 }, refused(2)], true)).toBe('impossible')
    expect(round(algorithm, 2, [{ lo: 1 }, { lo: 1 }, refused(2), refused(3)], true)).toEqual(
      unchanged(1, 1, 2, 3),
    )
  })

  it('hold back those that come after them', () => {
    // One of a counter of 1 in the next window, from the instant on at which two no longer count as one.
    expect(round('sliding-counter', 1, [{ lo: 1 }, refused(2), { lo: 10, hi: 30 }], true)).toEqual(
      changed(1, 2, 16),
    )
    // A bucket of 1 that has one in 10: two are missing at 2.
    expect(round('gcra', 1, [{ lo: 1 }, refused(2), { lo: 10, hi: 30 }], true)).toEqual(changed(1, 2, 21))
    expect(round('gcra', 1, [{ lo: 1 }, refused(2), { lo: 10, hi: 20 }], true)).toBe('impossible')
    expect(round('gcra', 1, [{ lo: 1 }, refused(2), { lo: 21 }], true)).toEqual(unchanged(1, 2, 21))
  })
})

describe('a bucket of 2 in 10', () => {
  const bucket = (...seen: Seen[]) => round('gcra', 2, seen)

  it('has a busy time begin later for a refusal, and leaves the others to the next round', () => {
    const early: Seen[] = [
      { lo: 0, hi: 9 },
      { lo: 0, hi: 9 },
    ]
    expect(bucket(...early, refused(7))).toEqual(changed(3, 3, 7))
    expect(bucket(...early, refused(7), refused(8))).toEqual(changed(3, 3, 7, 8))
    expect(bucket({ lo: 0, hi: 2 }, { lo: 0, hi: 9 }, refused(7))).toBe('impossible')
  })

  it('refuses at the instant of the use that leaves too little', () => {
    expect(bucket({ lo: 0 }, refused(1, 4), { lo: 3 })).toEqual(changed(0, 3, 3))
    expect(bucket({ lo: 0 }, refused(1, 3), { lo: 3 })).toEqual(changed(0, 3, 3))
    expect(bucket({ lo: 0 }, refused(1, 2), { lo: 3 })).toBe('impossible')
    // At once where it lacks something already.
    expect(bucket({ lo: 0 }, { lo: 0 }, refused(1, 4), { lo: 5 })).toEqual(unchanged(0, 0, 1, 5))
  })

  it('lets those through that cost more only once it holds as much', () => {
    expect(bucket({ lo: 0, cost: 2 }, { lo: 1, hi: 9 })).toEqual(changed(0, 5))
    expect(bucket({ lo: 0 }, { lo: 1, hi: 9, cost: 2 })).toEqual(changed(0, 5))
    expect(bucket({ lo: 0 }, { lo: 1, hi: 4, cost: 2 })).toBe('impossible')
    expect(bucket({ lo: 0 }, { lo: 1, hi: 9, cost: 2 }, { lo: 2, hi: 10 })).toEqual(changed(0, 5, 10))
  })
})
