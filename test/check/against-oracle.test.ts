import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { describeHypothesis, type Hypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { examine } from '../../lib/check/explain.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { refute } from '../../lib/check/refute/refute.ts'
import { algorithms, type Limit } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { oracleRuns, shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

/** Each algorithm, and the one that can be said to be refilled at intervals. */
const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm, algorithm, refilled: false })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket', refilled: true },
]
const { runs, seed } = oracleRuns(0.96 / limiters.length)
const rule = fc.constantFrom('counted' as const, 'free' as const)
const timeout = 3_600_000

describe.each(limiters)('one $name, against brute force on small histories', ({ algorithm, refilled }) => {
  it('is explained where it can be, and refuted where it cannot', { timeout }, () => {
    const seen = { explained: 0, refuted: 0, early: 0 }
    fc.assert(
      fc.property(
        smallHistories({
          requests: 6,
          spanUs: 14,
          longestUs: 4,
          descriptors: { A: { key: 'A' } },
          highestCost: 2,
        }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 3, max: 7 }),
        rule,
        refilled ? fc.integer({ min: 2, max: 7 }) : fc.constant(undefined),
        fc.nat(),
        (history, limit, windowUs, limitedRequests, refillTickUs, drawn) => {
          const [written] = shortWindows([{ scope: 'key', limit, algorithm, limitedRequests }], windowUs) as [
            Limit,
          ]
          const refillEvery = refillTickUs && Math.min(refillTickUs, windowUs) / 1000
          const spec = { ...written, refillEvery }
          const file = new CaseFile(history, [spec], 0)
          const examined = examine(file, 0)
          expect(examined).toHaveLength(hypotheses(spec, file.surroundings(0)).length)
          // One expectation for all: so many histories have a million of them otherwise.
          const wrong: string[] = [...file.rejectedProofs]
          for (const { hypothesis, verdict } of examined) {
            const truth = consistent(history, [
              { ...hypothesis, scope: 'key', limitedRequests, chargedWhenRefused: 'free' },
            ])
            const words = describeHypothesis(hypothesis)
            seen[truth ? 'explained' : 'refuted']++
            if (verdict !== (truth ? 'explained' : 'refuted')) wrong.push(`${words}: ${verdict}`)
            if (truth !== (file.refuteLimit(0, hypothesis) === undefined)) wrong.push(`a proof of ${words}`)
            if (!isRefutedBy(file, hypothesis, 1 + (drawn % (history.count - 1)))) continue
            if (truth) wrong.push(`a beginning refutes ${words}`)
            seen.early++
          }
          expect(wrong).toEqual([])
        },
      ),
      { numRuns: runs, seed },
    )
    expect(Math.min(seen.explained, seen.refuted)).toBeGreaterThan(runs / 20)
    expect(seen.early).toBeGreaterThan(runs / 50)
  })
})

/** Is a hypothesis refuted by so many of the first requests alone? */
function isRefutedBy(file: CaseFile, hypothesis: Hypothesis, count: number): boolean {
  const [cell] = file.cells
  return (
    cell !== undefined && refute(file.index(cell, hypothesis, count), hypothesis, createAllowance()).refuted
  )
}
