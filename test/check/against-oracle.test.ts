import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
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
        (history, limit, windowUs, limitedRequests, refillTickUs) => {
          const [written] = shortWindows([{ scope: 'key', limit, algorithm, limitedRequests }], windowUs) as [
            Limit,
          ]
          const refillEvery = refillTickUs && Math.min(refillTickUs, windowUs) / 1000
          const spec = { ...written, refillEvery }
          const file = new CaseFile(history, [spec], 0)
          for (const h of hypotheses(spec, file.surroundings(0))) {
            const truth = consistent(history, [
              { ...h, scope: 'key', limitedRequests, chargedWhenRefused: 'free' },
            ])
            const proof = file.refuteLimit(0, h)
            const examined = examine(file, 0).find(({ hypothesis }) => hypothesis === h)
            expect(file.rejectedProofs).toEqual([])
            expect(proof === undefined).toBe(truth)
            seen[truth ? 'explained' : 'refuted']++
            const beginning = refutedBeginning(file, h)
            if (truth) expect(beginning).toBe(undefined)
            else if (beginning !== undefined) seen.early++
            if (examined) expect(examined.verdict).toBe(truth ? 'explained' : 'refuted')
          }
          for (const { verdict, hypothesis } of examine(file, 0)) {
            expect(verdict).toBe(file.refuteLimit(0, hypothesis) ? 'refuted' : 'explained')
          }
        },
      ),
      { numRuns: runs, seed },
    )
    expect(Math.min(seen.explained, seen.refuted)).toBeGreaterThan(runs / 20)
    expect(seen.early).toBeGreaterThan(runs / 50)
  })
})

/** With how few of the first requests already a hypothesis is refuted, short of all of them. */
function refutedBeginning(file: CaseFile, hypothesis: Hypothesis): number | undefined {
  const [cell] = file.cells
  if (!cell) return undefined
  const counts = Array.from({ length: cell.rows.length - 1 }, (_, k) => k + 1)
  return counts.find(
    (count) => refute(file.index(cell, hypothesis, count), hypothesis, createAllowance()).refuted,
  )
}
