import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ends } from '../../lib/check/evidence/ends.ts'
import { Marks } from '../../lib/check/evidence/marks.ts'
import { placesBy } from '../../lib/check/evidence/sorted-by.ts'
import { sumsOf } from '../../lib/check/evidence/sums.ts'

test('marked places are counted, and found again, as going through them all would', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 100 }), fc.nat(3), fc.nat(3), (drawn, one, other) => {
      const codes = Uint8Array.from(drawn)
      const order = placesBy(Float64Array.from(drawn, (code, k) => (code * 7 + k * 5) % 11))
      for (const by of [undefined, order]) {
        const marked = drawn.map((_, k) => [one, other].includes(drawn[by ? (by[k] as number) : k] as number))
        const marks = new Marks(codes, one, other, by)
        expect(marks.size).toBe(marked.filter(Boolean).length)
        for (let k = 0; k <= drawn.length; k++) {
          expect(marks.countBefore(k)).toBe(marked.slice(0, k).filter(Boolean).length)
          expect(marks.next(k)).toBe(marked.indexOf(true, k))
          if (k < drawn.length) expect(marks.has(k)).toBe(marked[k])
        }
      }
    }),
  )
})

test('ends ascend without being moved', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 30 }), fc.nat(21), (drawn, us) => {
      const ends = new Ends(Float64Array.from(drawn), placesBy(Float64Array.from(drawn)))
      const ascending = drawn.toSorted((a, b) => a - b)
      expect(drawn.map((_, place) => ends.at(place))).toEqual(ascending)
      expect(ends.firstAbove(us)).toBe(ascending.filter((end) => end <= us).length)
      expect(ends.firstAtLeast(us)).toBe(ascending.filter((end) => end < us).length)
    }),
  )
})

test('costs are added up in any order, alike or not, whole or not', () => {
  const order = Uint32Array.of(2, 0, 1)
  const first = (costs: Parameters<typeof sumsOf>[0]) => {
    const sums = sumsOf(costs, order)
    return [0, 1, 2, 3].map((k) => sums.before(k))
  }
  expect(first(Uint8Array.of(1, 1, 1, 9))).toEqual([0, 1, 2, 3])
  expect(first(Uint8Array.of(3, 1, 2))).toEqual([0, 2, 5, 6])
  expect(first(Float64Array.of(0.5, 0.5, 0.5))).toEqual([0, 0.5, 1, 1.5])
})
