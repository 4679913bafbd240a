import { describe, expect, it } from 'vitest'
import { keepMore, lackingAtEnd, refusalAfterEnd } from '../../lib/check/settle/first-hit-refusals.ts'
import { unitsOf } from '../../lib/check/settle/first-hit-repairs.ts'
import type { Limiter, User } from '../../lib/check/settle/settle.ts'
import { refusalsOf } from '../../lib/check/settle/settle-window.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

// A window of 3 in 10 that ends at 10, and what is decided around its end.

const endUs = 10

interface Told extends Seen {
  /** When it is decided, as things stand; refused requests at no instant. */
  at?: number
}

/** Requests as settling sees them: the limiter, its users in this order, and when each row is decided. */
function settling(told: readonly Told[], limit = 3) {
  const evidence = evidenceOf(told)
  const latestUs = new Float64Array(told.length).fill(Number.POSITIVE_INFINITY)
  const of: Limiter = { evidence, hypothesis: limiter('first-hit-window', limit), latestUs }
  const users = told.flatMap(({ lo, hi = lo, at, cost = 1 }, i): User[] =>
    at === undefined ? [] : [{ i, row: i, atUs: at, hiUs: hi, cost, admitted: true }],
  )
  return { of, users, latestUs, atUs: Float64Array.from(told, ({ at = Number.NaN }) => at) }
}

describe('a window that lacks some for a refusal', () => {
  // Counted in it, and two of those that were moved over its end, one of them by more than a window.
  const told: Told[] = [
    { lo: 0, at: 0 },
    { lo: -2, hi: 30, at: 12 },
    { lo: 11, hi: 30, at: 13 },
    { lo: 8, hi: 30, at: 19 },
    { lo: 9, hi: 30, at: 20 },
  ]
  const kept = (lackingUnits: number) => {
    const { of, users, latestUs, atUs } = settling(told)
    const isKept = keepMore(of, lackingUnits, 0, endUs, users, 1, atUs)
    return {
      isKept,
      atUs: [...atUs],
      by: [...latestUs].map((us) => (us === Number.POSITIVE_INFINITY ? '' : us)),
    }
  }

  it('keeps as many of those who came after it and could come in it, for good', () => {
    expect(kept(1)).toEqual({ isKept: true, atUs: [0, 0, 13, 19, 20], by: ['', 9, '', '', ''] })
    expect(kept(2)).toEqual({ isKept: true, atUs: [0, 0, 13, 8, 20], by: ['', 9, '', 9, ''] })
  })

  it('keeps none where they are too few: those later than the next window are not looked at', () => {
    expect(kept(3)).toEqual({ isKept: false, atUs: [0, 12, 13, 19, 20], by: ['', '', '', '', ''] })
  })
})

describe('a refusal that is over after the end of a window', () => {
  const inside: Told[] = [{ lo: 0, at: 0 }]
  const next: Told[] = [15, 16, 18].map((at) => ({ lo: at, at }))
  const lacking = (refusal: Seen, before = inside, after = next, limit = 3) => {
    const { of, users } = settling([...before, refusal, ...after], limit)
    const place = before.length
    return lackingAtEnd(of, refusalsOf(of), endUs, unitsOf(users.slice(0, place)), users, place)
  }

  it('needs the window full, if the next one is not by then', () => {
    expect(lacking({ lo: 5, hi: 10, as: 'refused' })).toBe(2)
    expect(lacking({ lo: 5, hi: 17, as: 'refused' })).toBe(2)
    expect(lacking({ lo: 5, hi: 17, as: 'refused' }, inside, next.slice(0, 2))).toBe(2)
    expect(lacking({ lo: 5, hi: 17, as: 'refused' }, inside, [])).toBe(2)
  })

  it('needs nothing where it is over before the end, or the next window refuses it, or this one is full', () => {
    expect(lacking({ lo: 5, hi: 9, as: 'refused' })).toBe(0)
    expect(lacking({ lo: 5, hi: 18, as: 'refused' })).toBe(0)
    const full: Told[] = [0, 1, 2].map((at) => ({ lo: at, at }))
    expect(lacking({ lo: 5, hi: 17, as: 'refused' }, full)).toBe(0)
  })

  it('counts units: where all cost two, a window of six is full with three of them', () => {
    const two = (some: readonly Told[]) => some.map((one) => ({ ...one, cost: 2 }))
    const refusal: Seen = { lo: 5, hi: 17, as: 'refused', cost: 2 }
    expect(lacking(refusal, two(inside), two(next), 6)).toBe(3)
    expect(lacking({ ...refusal, hi: 18 }, two(inside), two(next), 6)).toBe(0)
  })

  it('needs less where it costs more, and then the next window may refuse it from its start on', () => {
    expect(lacking({ lo: 5, hi: 14, as: 'refused', cost: 2 })).toBe(1)
    expect(lacking({ lo: 5, hi: 15, as: 'refused', cost: 2 })).toBe(0)
  })
})

it('of the refusals between a window and the next, the latest is told that is over before the next one refuses', () => {
  const told: Told[] = [
    { lo: 0, at: 0 },
    { lo: 9, hi: 12, as: 'refused' },
    { lo: 10, hi: 14, as: 'refused' },
    { lo: 12, hi: 17, as: 'refused' },
    { lo: 13, hi: 18, as: 'refused' },
    ...[15, 16, 18].map((at) => ({ lo: at, at })),
    { lo: 15, hi: 16, as: 'refused' },
  ]
  const late = (of: readonly Told[]) => {
    const { of: limiter, users } = settling(of)
    return refusalAfterEnd(limiter, refusalsOf(limiter), endUs, users, 1)
  }
  expect(late(told)).toBe(12)
  expect(late(told.slice(0, 3))).toBe(10)
  expect(late(told.slice(0, 2))).toBe(undefined)
})
