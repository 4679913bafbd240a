import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { examine } from '../../lib/check/explain.ts'
import { replay } from '../../lib/check/replay/replay.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

const kinds = ['sliding-log', 'fixed-window', 'sliding-counter'] as const

test.each(kinds)(
  'a witness for several %s limiters that share no request holds for all of them',
  (algorithm) => {
    let replayed = 0
    fc.assert(
      fc.property(
        smallHistories({
          requests: 10,
          spanUs: 8,
          longestUs: 3,
          highestCost: 2,
          descriptors: { A: { integration: 'A' }, B: { integration: 'B' } },
        }),
        (history) => {
          const limits = shortWindows(
            [{ scope: 'integration', limit: 2, algorithm, limitedRequests: 'counted' }],
            3,
          )
          const file = new CaseFile(history, limits, 0)
          const rows = Array.from({ length: history.count }, (_, row) => row)
          for (const { witness } of examine(file, 0)) {
            if (!witness) continue
            replayed++
            expect(replay(history, limits, file.bounds, rows, witness)).toBeUndefined()
          }
        },
      ),
      { numRuns: 120 },
    )
    expect(replayed).toBeGreaterThan(10)
  },
)
