import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { busyWindows, withNeighbours } from '../../lib/check/refute/busy-windows.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'

/** Counts how often it is asked for the refusals or the admissions of a window. */
class Counting extends EvidenceIndex {
  asked = 0
  override earliestRefusalFrom(fromUs: number) {
    this.asked++
    return super.earliestRefusalFrom(fromUs)
  }
  override refusalsStarting(fromUs: number, toUs: number) {
    this.asked++
    return super.refusalsStarting(fromUs, toUs)
  }
}

const windowUs = 1_000
const windows = 2_000

/** One request in each window, at any instant of it, and in the last of them some more. */
function sparse(more: readonly Seen[]): Evidence {
  const each = Array.from({ length: windows }, (_, k): Seen => {
    const lo = k * windowUs + ((k * 617) % windowUs)
    return { lo, hi: lo + 7 }
  })
  const at = windows * windowUs
  return evidenceOf([
    ...each,
    ...more.map(({ lo, hi = lo, ...one }) => ({ lo: at + lo, hi: at + hi, ...one })),
  ])
}

describe.each(['fixed-window', 'sliding-counter'] as const)(
  'many windows with hardly anything in them, of a %s',
  (algorithm) => {
    const hypothesis = limiter(algorithm, 5, windowUs)
    const five = Array.from({ length: 5 }, (_, k): Seen => ({ lo: 10 * k, hi: 10 * k + 3 }))

    it.each([
      ['nothing else', [], false],
      ['five and a refusal', [...five, { lo: 100, hi: 105, as: 'refused' as const }], false],
      [
        'one more than five in a moment',
        [
          ...five,
          { lo: 100, hi: 105 },
          { lo: 110 },
          { lo: 120 },
          { lo: 130 },
          { lo: 140 },
          { lo: 150 },
          { lo: 160 },
        ],
        true,
      ],
    ])('are not looked at again for each phase: %s', (_, more, refuted) => {
      const index = new Counting(sparse(more))
      expect(refuteByBounds(index, hypothesis, false).refuted).toBe(refuted)
      expect(index.asked).toBeGreaterThan(windows)
      expect(index.asked).toBeLessThan(30 * windows)
    })
  },
)

it('windows are busy where more than the limit may have been counted, or near a refusal', () => {
  const hypothesis = limiter('fixed-window', 2, 10)
  const index = new EvidenceIndex(
    evidenceOf([
      { lo: 1 },
      ...[{ lo: 12 }, { lo: 13 }, { lo: 28, hi: 31 }],
      ...[{ lo: 33 }, { lo: 34 }],
      { lo: 58, hi: 61, as: 'refused' },
    ]),
  )
  const all = [0, 1, 2, 3, 4, 5, 6, 7]
  expect(busyWindows(index, hypothesis, [0, 0], all, 1)).toEqual([3, 5, 6])
  expect(busyWindows(index, hypothesis, [0, 0], [0, 3, 7], 1)).toEqual([3])
  expect(busyWindows(index, hypothesis, [0, 0], all, 2)).toEqual([1, 2, 3, 4, 5, 6])
  // Where the first window may begin as late as at 4, it may hold what comes at 12 and 13.
  expect(busyWindows(index, hypothesis, [0, 4], all, 1)).toEqual([0, 3, 5, 6])
})

it('what was let through and not counted has to find room, too', () => {
  const hypothesis = limiter('fixed-window', 5, 10)
  const seen: Seen[] = [{ lo: 1 }, { lo: 2 }, { lo: 3 }]
  const busy = (cost: number) =>
    busyWindows(
      new EvidenceIndex(evidenceOf([...seen, { lo: 4, as: 'vacant', cost }])),
      hypothesis,
      [0, 0],
      [0],
      1,
    )
  expect(busy(2)).toEqual([])
  expect(busy(3)).toEqual([0])
})

it('neighbours are named once, and none before the first window', () => {
  expect(withNeighbours([0, 2, 9], 1, 2)).toEqual([0, 1, 2, 3, 4, 8, 9, 10, 11])
  expect(withNeighbours([], 3, 3)).toEqual([])
})
