import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { witnessByOrders } from '../../lib/check/order/order-witness.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { algorithms } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

const counted = fc.constantFrom('counted' as const, 'free' as const)
const charged = fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const)
const small = smallHistories({
  requests: 5,
  spanUs: 9,
  longestUs: 7,
  descriptors: { A: { key: 'A' } },
  highestCost: 2,
})

// As where so many are let through in a second and so many in an hour: the requests, and the value of the
// scope, are the same, and the windows are not.
describe.each(algorithms)('two limits of one scope, each a %s', (algorithm) => {
  it('have a witness among all orders where brute force finds one, and only there', () => {
    const seen = { found: 0, impossible: 0 }
    fc.assert(
      fc.property(small, counted, charged, (history, limitedRequests, chargedWhenRefused) => {
        const rules = { algorithm, limitedRequests, chargedWhenRefused }
        const limits = [
          ...shortWindows([{ scope: 'key', limit: 2, ...rules }], 3),
          ...shortWindows([{ scope: 'key', limit: 3, ...rules }], 7),
        ]
        const file = new CaseFile(history, limits, 0)
        const assumed = file.cells.map((cell) => {
          const { limit, window } = cell.limit
          const hypothesis: Hypothesis = { limit, windowUs: window * 1000, ...rules }
          if (algorithm === 'sliding-counter') hypothesis.rounding = 'ceil'
          return { cell, hypothesis }
        })
        const rows = rowsToExplain(history, assumed, file.refusers)
        const { kind } = witnessByOrders(history, limits, file.bounds, assumed, rows, createAllowance())
        const truth = consistent(
          history,
          assumed.map(({ hypothesis }) => ({ ...hypothesis, scope: 'key' })),
        )
        expect(kind).toBe(truth ? 'found' : 'impossible')
        seen[truth ? 'found' : 'impossible']++
      }),
      { numRuns: 50 },
    )
    expect(Math.min(seen.found, seen.impossible)).toBeGreaterThan(3)
  })
})
