import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { evidenceOf, type Seen } from './evidence-of.ts'

const requests = fc.array(fc.record({ lo: fc.nat(20), took: fc.nat(12) }), { maxLength: 12 })

test('of the bounds in a span the one in the middle is told, and how many they are', () => {
  let most = 0
  fc.assert(
    fc.property(requests, fc.integer({ min: -2, max: 30 }), fc.nat(20), (some, fromUs, lengthUs) => {
      const seen = some.map(({ lo, took }): Seen => ({ lo, hi: lo + took })).sort((a, b) => a.lo - b.lo)
      const inside = seen
        .flatMap(({ lo, hi = lo }) => [lo, hi])
        .filter((us) => us >= fromUs && us < fromUs + lengthUs)
        .sort((a, b) => a - b)
      most = Math.max(most, inside.length)
      const found = new EvidenceIndex(evidenceOf(seen)).boundsWithin(fromUs, fromUs + lengthUs)
      expect(found).toEqual({ count: inside.length, middleUs: inside[inside.length >> 1] })
    }),
    { numRuns: 2_000 },
  )
  expect(most).toBeGreaterThan(10)
})
