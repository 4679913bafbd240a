import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import { logWindows } from '../../lib/check/refute/log-windows.ts'
import { countingRefusals, evidenceOf, type Seen } from './evidence-of.ts'

const requests = fc
  .array(
    fc.record({
      lo: fc.nat(14),
      took: fc.nat(6),
      as: fc.constantFrom('accepted', 'accepted', 'refused', 'unknown', 'vacant'),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((all) => all.toSorted((a, b) => a.lo - b.lo))

const histories = fc.record({
  requests,
  cost: fc.integer({ min: 1, max: 2 }),
  limit: fc.integer({ min: 2, max: 6 }),
  refusalsCount: fc.boolean(),
  hiddenUseUntilUs: fc.constantFrom(Number.NEGATIVE_INFINITY, 5),
})

test('tells of each window what asking every request tells', () => {
  let [full, lacking, together] = [0, 0, 0]
  fc.assert(
    fc.property(histories, ({ requests: some, cost, limit, refusalsCount, hiddenUseUntilUs }) => {
      const seen = some.map(({ lo, took, as }): Seen => ({ lo, hi: lo + took, as, cost }))
      const evidence = refusalsCount
        ? { ...countingRefusals(seen), hiddenUseUntilUs }
        : evidenceOf(seen, hiddenUseUntilUs)
      const index = new EvidenceIndex(evidence)
      const known = logWindows(index, limit)
      for (let windowUs = 1; windowUs < 25; windowUs++) {
        const lo = (i: number) => evidence.loUs[i] as number
        const hi = (i: number) => evidence.hiUs[i] as number
        const isFullFor = (i: number) =>
          index.used.surelyWithin(hi(i) - windowUs + 1, lo(i) - 1) + cost > limit
        const isLackingFor = (i: number) =>
          index.possibleBeside(i, lo(i) - windowUs + 1, hi(i)) + cost <= limit
        // Of those under way when one of them ended, the first: none of the others was logged before it.
        const isLackingForFirst = (ended: number) => {
          const under = [...some.keys()].filter(
            (i) => some[i]?.as === 'refused' && lo(i) <= hi(ended) && hi(i) >= hi(ended),
          )
          if (evidence.use[ended] === 0 || under.some((i) => lo(i) < hiddenUseUntilUs)) return false
          const fromUs = Math.min(...under.map(lo)) - windowUs + 1
          const logged = [...some.keys()].filter(
            (i) => evidence.use[i] !== 0 && !under.includes(i) && lo(i) <= hi(ended) && hi(i) >= fromUs,
          )
          return (logged.length + 1) * cost <= limit
        }
        const isFull = some.some(({ as }, i) => (as === 'accepted' || as === 'vacant') && isFullFor(i))
        const isLacking = some.some(({ as }, i) => as === 'refused' && isLackingFor(i))
        if (isFull) full++
        if (isLacking) lacking++
        expect(windowUs > (known?.admittedWhenFullAboveUs as number)).toBe(isFull)
        expect(windowUs <= (known?.unjustifiedUpToUs as number)).toBe(isLacking)
        const isFirstLacking = some.some(({ as }, i) => as === 'refused' && isLackingForFirst(i))
        if (isFirstLacking && !isLacking) together++
        expect(windowUs <= (known?.firstUnjustifiedUpToUs as number)).toBe(isFirstLacking)
      }
    }),
    { numRuns: 1_000 },
  )
  expect(Math.min(full, lacking)).toBeGreaterThan(100)
  expect(together).toBeGreaterThan(20)
})

test('has no answer where requests cost differently, or more than the log holds, or parts of a unit', () => {
  const unequal = new EvidenceIndex(evidenceOf([{ lo: 0 }, { lo: 1, cost: 2 }]))
  expect(logWindows(unequal, 5)).toBeUndefined()
  const dear = new EvidenceIndex(evidenceOf([{ lo: 0, cost: 3 }]))
  expect([logWindows(dear, 2), logWindows(dear, 3)]).toEqual([undefined, expect.anything()])
  const inParts = new EvidenceIndex(evidenceOf([{ lo: 0, cost: 0.5 }]))
  expect(logWindows(inParts, 2)).toBeUndefined()
})
