import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { Outcome } from '../../lib/history/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { oracleRuns, shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

// Brute force: a limit that was never full can as well be left out of an explanation of the others.

const { runs: asked, seed } = oracleRuns(0.003)
/** Fewer would hold hardly any history of either kind. */
const runs = Math.max(60, asked)
const descriptors = { A: { inner: 'A', outer: 'all' }, B: { inner: 'B', outer: 'all' } }
const windowUs = 4

it.each(algorithms)('a %s that is said to have never been full makes no difference', (algorithm) => {
  const seen = { explained: 0, not: 0 }
  fc.assert(
    fc.property(
      smallHistories({ requests: 5, spanUs: 16, longestUs: 3, descriptors, highestCost: 2, named: true }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('counted' as const, 'free' as const),
      fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const),
      (history, most, limitedRequests, chargedWhenRefused) => {
        const rules = { algorithm, limitedRequests, chargedWhenRefused }
        const limits = [
          { scope: 'inner', limit: most, ...rules },
          { scope: 'outer', limit: 2, ...rules },
        ]
        const { cells, refusers } = new CaseFile(history, shortWindows(limits, windowUs), 0)
        const inner = cells.filter(({ limitIndex }) => limitIndex === 0)
        fc.pre(inner.every((cell) => refusers.neverFull(cell)))
        fc.pre(history.outcome.subarray(0, history.count).includes(Outcome.limited))
        const [ofBoth, ofOuter] = [limits, limits.slice(1)].map((some) =>
          consistent(
            history,
            some.map((limit) => ({ ...limit, windowUs })),
          ),
        )
        expect(ofBoth).toBe(ofOuter)
        seen[ofBoth ? 'explained' : 'not']++
      },
    ),
    { numRuns: runs, seed },
  )
  expect(Math.min(seen.explained, seen.not)).toBeGreaterThan(runs / 20)
})
