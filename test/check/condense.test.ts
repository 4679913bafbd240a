import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import type { Case } from '../../lib/check/refute/certificate.ts'
import { caseHolds } from '../../lib/check/verify/verify-certificate.ts'
import { reasonsOf } from '../../lib/check/words/words.ts'
import type { Limit } from '../../lib/spec/index.ts'
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
