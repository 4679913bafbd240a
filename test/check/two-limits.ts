import fc from 'fast-check'
import { expect } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import type { History } from '../../lib/history/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'
import { smallHistories } from './small-histories.ts'

const counted = fc.constantFrom('counted' as const, 'free' as const)
const charged = fc.constantFrom('counted' as const, 'free' as const, 'earlier' as const)
const small = { requests: 5, spanUs: 9, longestUs: 7, highestCost: 2 }

interface Two {
  /** Of the first limit and of the second. */
  scopes: readonly [string, string]
  windowsUs: readonly [number, number]
  histories: fc.Arbitrary<History>
  /** The last limiter first, in what is asked. */
  backwards?: boolean
}

/**
 * Two limits of one scope: as where so many are let through in a second and so many in an hour, the requests
 * and the value of the scope are the same, and the windows are not.
 */
export const ofOneScope: Two = {
  scopes: ['key', 'key'],
  windowsUs: [3, 7],
  histories: smallHistories({ ...small, descriptors: { A: { key: 'A' } } }),
}

/** One limit for each of two keys, and one for both together; a refusal may say which it was. */
export const ofTwoScopes: Two = {
  scopes: ['key', 'organization'],
  windowsUs: [4, 6],
  histories: smallHistories({
    ...small,
    longestUs: 5,
    descriptors: { A: { key: 'A', organization: 'all' }, B: { key: 'B', organization: 'all' } },
    named: true,
  }),
  backwards: true,
}

/** What a search is asked: whether these limiters can have answered so. */
export interface Asked {
  file: CaseFile
  assumed: { cell: Cell; hypothesis: Hypothesis }[]
  rows: number[]
}

/**
 * Holds a search against brute force, over small histories of two limits. Returns how often brute force found a
 * witness, and how often none.
 */
export function heldAgainstBruteForce(
  algorithm: Algorithm,
  numRuns: number,
  { scopes, windowsUs, histories, backwards }: Two,
  search: (asked: Asked) => 'found' | 'impossible' | 'undecided',
): { found: number; impossible: number } {
  const seen = { found: 0, impossible: 0 }
  fc.assert(
    fc.property(histories, counted, charged, (history, limitedRequests, chargedWhenRefused) => {
      const rules = { algorithm, limitedRequests, chargedWhenRefused }
      const limits = windowsUs.flatMap((windowUs, k) =>
        shortWindows([{ scope: scopes[k], limit: 2 + k, ...rules }], windowUs),
      )
      const file = new CaseFile(history, limits, 0)
      const assumed = file.cells.map((cell) => {
        const { limit, window } = cell.limit
        const hypothesis: Hypothesis = { limit, windowUs: window * 1000, ...rules }
        if (algorithm === 'sliding-counter') hypothesis.rounding = 'ceil'
        return { cell, hypothesis }
      })
      if (backwards) assumed.reverse()
      const found = search({ file, assumed, rows: rowsToExplain(history, assumed, file.refusers) })
      const truth = consistent(
        history,
        limits.map(({ scope, limit, window }) => {
          const rounding = algorithm === 'sliding-counter' ? 'ceil' : undefined
          return { ...rules, limit, windowUs: window * 1000, rounding, scope }
        }),
      )
      expect(found).toBe(truth ? 'found' : 'impossible')
      seen[truth ? 'found' : 'impossible']++
    }),
    { numRuns },
  )
  return seen
}
