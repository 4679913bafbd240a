import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstAbove, firstAboveNear, firstAtLeast } from '../../lib/check/evidence/search.ts'
import { tallyOf } from '../../lib/check/evidence/tally.ts'

const requests = (highestCost: number) =>
  fc.array(
    fc.record({
      lo: fc.nat(12),
      took: fc.nat(4),
      cost: fc.integer({ min: 1, max: highestCost }),
      in: fc.boolean(),
    }),
    { maxLength: 9 },
  )

test.each([1, 3])(
  'adds up what may have been and what surely was within a span, costs up to %s',
  (highest) => {
    fc.assert(
      fc.property(
        requests(highest),
        fc.integer({ min: -2, max: 18 }),
        fc.integer({ min: -2, max: 18 }),
        (all, a, b) => {
          const column = (of: (request: (typeof all)[number]) => number) => Float64Array.from(all, of)
          const members = all.flatMap((request, i) => (request.in ? [i] : []))
          const chosen = all
            .filter((request) => request.in)
            .map(({ lo, took, cost }) => ({ lo, hi: lo + took, cost }))
          const tally = tallyOf(
            members,
            column(({ lo }) => lo),
            column(({ lo, took }) => lo + took),
            column(({ cost }) => cost),
          )
          const units = (some: typeof chosen) => some.reduce((sum, { cost }) => sum + cost, 0)
          const surely = (from: number, to: number) =>
            units(chosen.filter(({ lo, hi }) => lo >= from && hi <= to))
          expect(tally.size).toBe(chosen.length)
          expect(tally.totalUnits).toBe(units(chosen))
          expect(tally.possiblyWithin(a, b)).toBe(
            b < a ? 0 : units(chosen.filter(({ lo, hi }) => hi >= a && lo <= b)),
          )
          // What sticks out on both sides is taken off twice.
          const across = b < a ? 0 : units(chosen.filter(({ lo, hi }) => lo < a && hi > b))
          expect(tally.surelyWithin(a, b)).toBe(b < a ? 0 : Math.max(0, surely(a, b) - across))
          const ends = [b - 5, b - 1, b, b, b + 3]
          expect(ends.map(tally.surelyFrom(a))).toEqual(ends.map((to) => tally.surelyWithin(a, to)))
          expect(ends.map(tally.possiblyFrom(a))).toEqual(ends.map((to) => tally.possiblyWithin(a, to)))
          const los = chosen.map(({ lo }) => lo).sort((x, y) => x - y)
          const [span, most] = [Math.abs(a), Math.abs(b)]
          expect(tally.firstOverfull(span, most)).toBe(
            los.find((lo) => tally.surelyWithin(lo, lo + span - 1) > most),
          )
        },
      ),
      { numRuns: 500 },
    )
  },
)

test('a place in an ascending list is found by halving', () => {
  const numbers = Float64Array.of(1, 3, 3, 7)
  expect([0, 1, 2, 3, 5, 7, 9].map((value) => firstAbove(numbers, value))).toEqual([0, 1, 1, 3, 3, 4, 4])
  expect([0, 1, 2, 3, 5, 7, 9].map((value) => firstAtLeast(numbers, value))).toEqual([0, 0, 1, 1, 3, 3, 4])
  expect([firstAbove(Float64Array.of(), 1), firstAtLeast(Float64Array.of(), 1)]).toEqual([0, 0])
})

test('wherever it is looked for first, a place in an ascending list is found', () => {
  const lists = fc.array(fc.nat(20), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(lists, fc.integer({ min: -1, max: 21 }), fc.nat(45), (list, value, near) => {
      expect(firstAboveNear(list, value, near)).toBe(firstAbove(list, value))
    }),
    { numRuns: 2_000 },
  )
})
