import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { withoutRefusedElsewhere } from '../../lib/check/evidence/refused-elsewhere.ts'
import { judge } from '../../lib/check/index.ts'
import type { History } from '../../lib/history/index.ts'
import { algorithms, type Limit } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { oracleRuns, shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

/** Each algorithm, and the one that can be said to be refilled at intervals. */
const limiters = [
  ...algorithms.map((algorithm) => ({ name: algorithm, algorithm, refillEvery: undefined })),
  { name: 'token-bucket, refilled at intervals', algorithm: 'token-bucket', refillEvery: 0.003 },
]
const { runs, seed } = oracleRuns(0.04 / limiters.length)
const rule = fc.constantFrom('counted' as const, 'free' as const)
const timeout = 3_600_000

/** Does brute force find a choice of hypotheses, one a limit, that explains the history? */
function consistentUnderSome(history: History, limits: readonly Limit[]): boolean {
  const file = new CaseFile(history, limits, 0)
  const choices = limits.map((limit, k) => hypotheses(limit, file.surroundings(k)))
  const all = choices.reduce<(typeof choices)[number][]>(
    (before, ofLimit) => before.flatMap((chosen) => ofLimit.map((h) => [...chosen, h])),
    [[]],
  )
  return all.some((chosen) =>
    consistent(
      history,
      chosen.map((h, k) => ({ ...h, scope: (limits[k] as Limit).scope })),
    ),
  )
}

describe.each(limiters)(
  'several limits enforced by a $name, against brute force',
  ({ algorithm, refillEvery }) => {
    const descriptors = {
      A: { inner: 'A', outer: 'all', whole: 'x' },
      B: { inner: 'B', outer: 'all', whole: 'x' },
    }

    it('fail where no witness exists, and only there', { timeout }, () => {
      const seen = { consistent: 0, broken: 0, together: 0, open: 0 }
      fc.assert(
        fc.property(
          smallHistories({ requests: 5, spanUs: 8, longestUs: 3, descriptors, named: true }),
          fc.constantFrom(2, 3),
          rule,
          fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const),
          (history, count, limitedRequests, chargedWhenRefused) => {
            const rules = { algorithm, limitedRequests, chargedWhenRefused }
            const all = [
              { scope: 'inner', limit: 1, ...rules },
              { scope: 'outer', limit: 2, ...rules },
              { scope: 'whole', limit: 2, ...rules },
            ]
            const limits = shortWindows(all.slice(0, count), 4).map((limit) => ({ ...limit, refillEvery }))
            const truth = consistentUnderSome(withoutRefusedElsewhere(history, limits), limits)
            const judgement = judge(history, { limits, clockDriftPpm: 0 })
            expect(judgement.assumptions.filter(({ name }) => name.startsWith('every proof'))).toMatchObject([
              { held: true },
            ])
            seen[truth ? 'consistent' : 'broken']++
            // A search that reaches its bound leaves it open, and says so; that has to be rare.
            if (truth) expect(judgement.verdict).not.toBe('fail')
            else if (judgement.verdict !== 'fail') {
              expect(judgement.limits.map(({ reason }) => reason)).toContain('unexplained')
              seen.open++
            }
            if (judgement.certificates.length > 0) seen.together++
          },
        ),
        { numRuns: runs, seed },
      )
      expect(Math.min(seen.consistent, seen.broken, seen.together)).toBeGreaterThan(0)
      expect(seen.open).toBeLessThanOrEqual(1 + runs / 1_000)
    })
  },
)
