import fc from 'fast-check'
import { expect } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
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

/** What a search is asked: whether these limiters can have answered so. */
export interface Asked {
  file: CaseFile
  assumed: { cell: Cell; hypothesis: Hypothesis }[]
  rows: number[]
}

/**
 * Holds a search against brute force, over small histories of two limits of one scope: as where so many are
 * let through in a second and so many in an hour, the requests and the value of the scope are the same, and
 * the windows are not. Returns how often brute force found a witness, and how often none.
 */
export function heldAgainstBruteForce(
  algorithm: Algorithm,
  numRuns: number,
  search: (asked: Asked) => 'found' | 'impossible' | 'undecided',
): { found: number; impossible: number } {
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
      const found = search({ file, assumed, rows: rowsToExplain(history, assumed, file.refusers) })
      const truth = consistent(
        history,
        assumed.map(({ hypothesis }) => ({ ...hypothesis, scope: 'key' })),
      )
      expect(found).toBe(truth ? 'found' : 'impossible')
      seen[truth ? 'found' : 'impossible']++
    }),
    { numRuns },
  )
  return seen
}
