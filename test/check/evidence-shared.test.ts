import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import { type Hypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import type { History } from '../../lib/history/index.ts'
import { algorithms, type Limit } from '../../lib/spec/index.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

// What was worked out for one hypothesis, or one request, is used for others that it is the same for. Asked in any
// order, a case has to answer as one that is asked nothing else.

const places = (cells: readonly Cell[]) =>
  cells.map(({ limitIndex, scopeValue }) => `${limitIndex} ${scopeValue}`)

/** What a case says of who may have refused a request. */
function refusersIn(file: CaseFile, row: number) {
  return [places(file.refusers.of(row)), file.refusers.named(row)]
}

function evidenceIn(file: CaseFile, place: number, hypothesis: Hypothesis) {
  const cell = file.cells[place] as Cell
  const { rows, demand, use, hiddenUseUntilUs, unitCost } = file.evidence(cell, hypothesis)
  return { rows, demand, use, hiddenUseUntilUs, unitCost }
}

const rule = fc.constantFrom('either', 'counted', 'free')
const drawnLimit = (scope: string) =>
  fc.record({
    limit: fc.integer({ min: 1, max: 4 }),
    startsEmpty: fc.boolean(),
    limitedRequests: rule,
    chargedWhenRefused: rule,
    algorithm: fc.constant([...algorithms]),
    scope: fc.constant(scope),
  })

/** Two limits that share requests, two that do not, or one by itself. */
const limitsDrawn = fc.oneof(
  fc.tuple(drawnLimit('key'), drawnLimit('organization')),
  fc.tuple(drawnLimit('key'), drawnLimit('user')),
  fc.tuple(drawnLimit('key')),
)

const shape = {
  requests: 9,
  spanUs: 12,
  longestUs: 3,
  named: true,
  descriptors: {
    A: { key: 'A', organization: 'o' },
    B: { key: 'B', organization: 'o' },
    U: { user: 'U' },
  },
}
const histories = fc.oneof(smallHistories(shape), smallHistories({ ...shape, highestCost: 2 }))

function caseOf(history: History, limits: readonly Limit[]): CaseFile {
  return new CaseFile(history, limits, 0)
}

it('a case says the same of a hypothesis, whichever others it was asked about before, and what it let go of', () => {
  const seen = { asked: 0, excluded: 0 }
  fc.assert(
    fc.property(
      histories,
      limitsDrawn,
      fc.integer({ min: 3, max: 6 }),
      fc.nat(),
      (history, drawn, windowUs, from) => {
        const limits = shortWindows(drawn, windowUs)
        const file = caseOf(history, limits)
        const questions = file.cells.flatMap(({ limitIndex }, place) => {
          const { limit } = limits[limitIndex] as Limit
          return [limit, limit + 1].flatMap((other) =>
            hypotheses(limits[limitIndex] as Limit, file.surroundings(limitIndex), other).map(
              (hypothesis) => ({
                place,
                hypothesis,
              }),
            ),
          )
        })
        // All of them, beginning with any.
        const first = from % Math.max(1, questions.length)
        for (const { place, hypothesis } of [...questions.slice(first), ...questions.slice(0, first)]) {
          seen.asked++
          const fresh = caseOf(history, limits)
          expect(evidenceIn(file, place, hypothesis)).toEqual(evidenceIn(fresh, place, hypothesis))
          const { limitIndex } = file.cells[place] as Cell
          const isExcluded = fresh.isExcluded(limitIndex, hypothesis)
          expect(file.isExcluded(limitIndex, hypothesis)).toBe(isExcluded)
          if (isExcluded) seen.excluded++
          if (place === 0) file.slim()
        }
      },
    ),
    { numRuns: 150 },
  )
  expect(seen.asked).toBeGreaterThan(1_000)
  expect(seen.excluded).toBeGreaterThan(300)
})

it('a case says the same of who may have refused a request, whichever others it was asked about before', () => {
  // Limits of which now the one is surely not full and now the other.
  const drawnLimits = fc
    .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), rule)
    .map(([limit, others, limitedRequests]) => [
      { scope: 'key', limit, limitedRequests, algorithm: 'sliding-log' },
      { scope: 'organization', limit: others, limitedRequests, algorithm: 'fixed-window' },
    ])
  const wide = { ...shape, requests: 14, spanUs: 30, named: false }
  const seen = { both: 0, either: 0, none: 0 }
  let changing = 0
  fc.assert(
    fc.property(fc.oneof(histories, smallHistories(wide)), drawnLimits, (history, drawn) => {
      const limits = shortWindows(drawn, 4)
      const file = caseOf(history, limits)
      const single = new Set<string>()
      for (let row = 0; row < history.count; row++) {
        const fresh = refusersIn(caseOf(history, limits), row)
        expect(refusersIn(file, row)).toEqual(fresh)
        // Asked again it answers from what it remembers.
        expect(refusersIn(file, row)).toEqual(fresh)
        const all = file.refusers.of(row)
        seen[all.length > 1 ? 'both' : all.length > 0 ? 'either' : 'none']++
        if (all.length === 1) single.add(`${history.descriptor[row]} ${all[0]?.limitIndex}`)
      }
      if (['0 0', '0 1'].every((one) => single.has(one))) changing++
    }),
    { numRuns: 800 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
  expect(changing).toBeGreaterThan(3)
})
