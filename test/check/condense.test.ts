import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import type { Case, Reason, Refuted } from '../../lib/check/refute/certificate.ts'
import { condensed } from '../../lib/check/refute/condense.ts'
import { mergeRanges } from '../../lib/check/refute/phases.ts'
import { caseHolds } from '../../lib/check/verify/verify-certificate.ts'
import { reasonsOf } from '../../lib/check/words/words.ts'
import type { Limit } from '../../lib/spec/index.ts'
import { evidenceOf, limiter } from './evidence-of.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

describe.each(['fixed-window', 'sliding-counter'] as const)('the reasons against a %s', (algorithm) => {
  it('hold for every window start that they are told for', () => {
    let severalReasons = 0
    fc.assert(
      fc.property(
        smallHistories({ requests: 8, spanUs: 40, longestUs: 3, descriptors: { A: { key: 'A' } } }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 8, max: 16 }),
        (history, limit, windowUs) => {
          const [spec] = shortWindows([{ scope: 'key', limit, algorithm }], windowUs) as [Limit]
          const file = new CaseFile(history, [spec], 0)
          for (const hypothesis of hypotheses(spec, file.surroundings(0))) {
            const proof = file.refuteLimit(0, hypothesis)
            if (!proof || proof.cases.some(({ startUs }) => !startUs)) continue
            const told = reasonsOf(proof)
            if (told.length > 1) severalReasons++
            for (const { startUs, reason } of told) {
              const [from, to] = startUs as [number, number]
              for (let us = from; us <= to; us++) {
                const one: Case = { startUs: [us, us], reason }
                expect(caseHolds(file.evidence(proof.cell, hypothesis), hypothesis, one)).toBe(true)
              }
            }
          }
        },
      ),
      { numRuns: 600 },
    )
    expect(severalReasons).toBeGreaterThan(10)
  })
})

it('a reason is told once for all starts that follow one another, in whichever order they come', () => {
  // Three at once are too many for 2 in 10, wherever a window starts but between them.
  const evidence = evidenceOf([{ lo: 5 }, { lo: 5 }, { lo: 5 }])
  const reason: Reason = { kind: 'over-admission', windows: 1, rows: [0, 1, 2] }
  const cases = [-4, -2, 0, 2, 4].map((from): Case => ({ startUs: [from, from + 1], reason }))
  const proof = (some: Case[]): Refuted => ({
    refuted: true,
    hypothesis: limiter('fixed-window'),
    cases: some,
  })
  const whole: Case = { startUs: [-4, 5], reason }
  expect(condensed(evidence, proof(cases)).cases).toEqual([whole])
  expect(condensed(evidence, proof(cases.toReversed())).cases).toEqual([whole])
  // Not over a gap.
  expect(condensed(evidence, proof(cases.toSpliced(2, 1))).cases).toEqual([
    { startUs: [-4, -1], reason },
    { startUs: [2, 5], reason },
  ])
})

it('ranges are joined where they touch or overlap, in whichever order they come', () => {
  expect(
    mergeRanges([
      [8, 9],
      [0, 3],
      [12, 13],
      [4, 5],
      [2, 3],
      [9, 10],
    ]),
  ).toEqual([
    [0, 5],
    [8, 10],
    [12, 13],
  ])
  expect(
    mergeRanges([
      [0, 9],
      [2, 3],
    ]),
  ).toEqual([[0, 9]])
})
