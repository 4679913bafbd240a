import { describe, expect, it } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Reason } from '../../lib/check/refute/certificate.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { countingRefusals, limiter, type Seen } from './evidence-of.ts'

// Where refused requests are counted, each of two that were refused at once may have been for the other's sake. The one
// that came first was not.

const reasonOf = (refused: number, ...alike: number[]): Reason => ({
  kind: 'unjustified-refusal',
  refused,
  ...(alike.length > 0 && { alike }),
  unitsAtMost: 1,
})

describe.each(['sliding-log', 'gcra', 'token-bucket'] as const)(
  'a %s of 2 in 10 that refused two',
  (algorithm) => {
    const hypothesis = limiter(algorithm)
    const says = (seen: readonly Seen[], reason: Reason, hiddenUseUntilUs = Number.NEGATIVE_INFINITY) =>
      verifyCertificate(
        { ...countingRefusals(seen), hiddenUseUntilUs },
        { refuted: true, hypothesis, cases: [{ reason }] },
      )

    const two: Seen[] = [
      { lo: 3, hi: 4 },
      { lo: 5, hi: 8, as: 'refused' },
      { lo: 6, hi: 9, as: 'refused' },
    ]

    it('is refuted by both together, and by neither alone', () => {
      expect(says(two, reasonOf(1, 2))).toBeUndefined()
      expect(says(two, reasonOf(2, 1))).toBeUndefined()
      expect(says(two, reasonOf(1))).toBeDefined()
      expect(says(two, reasonOf(2))).toBeDefined()
      const found = refuteByBounds(new EvidenceIndex(countingRefusals(two)), hypothesis, true)
      expect(found.refuted && found.cases[0]?.reason).toMatchObject({ refused: 1, alike: [2] })
    })

    it('is not where another may have come before them that is not among them', () => {
      expect(says([...two, { lo: 8, hi: 9, as: 'refused' }], reasonOf(1, 2))).toBeDefined()
      expect(says([...two, { lo: 8, as: 'unknown' }], reasonOf(1, 2))).toBeDefined()
      // That the first of them was decided by 8, the earlier of their ends, is known.
      expect(says([...two, { lo: 9, as: 'refused' }], reasonOf(1, 2))).toBeUndefined()
      expect(says([...two, { lo: 9 }], reasonOf(1, 2))).toBeUndefined()
    })

    it('is not by what is no refusal, or none that proves anything', () => {
      expect(says(two, reasonOf(1, 0))).toBeDefined()
      expect(says(two, reasonOf(1, 2, 0))).toBeDefined()
      expect(says(two, reasonOf(1, 2, 99))).toBeDefined()
      expect(says(two, reasonOf(1, 2), 5)).toBeUndefined()
      expect(says(two, reasonOf(1, 2), 6)).toBeDefined()
    })

    it('is not by two of which one costs more', () => {
      const dear: Seen[] = two.map((one, k) => (k === 2 ? { ...one, cost: 2 } : one))
      expect(says(dear, reasonOf(1, 2))).toBeDefined()
      expect(refuteByBounds(new EvidenceIndex(countingRefusals(dear)), hypothesis, true).refuted).toBe(false)
    })
  },
)
