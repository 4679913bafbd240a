import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { witnessInZones } from '../../lib/check/order/zone-witness.ts'
import { replay } from '../../lib/check/replay/replay.ts'
import { openRanges } from '../../lib/check/settle/window-starts.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { type Algorithm, algorithms, specSchema } from '../../lib/spec/index.ts'
import { consistent } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'
import { type Overlapping, overlapping, windowUs } from './overlapping.ts'
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

/** All but sliding logs, which depend on too many instants. */
const anchored = algorithms.filter((algorithm) => algorithm !== 'sliding-log')

describe.each(anchored)('in zones, two limits that are each a %s', (algorithm) => {
  it('have a witness where brute force finds one, and only there', () => {
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
          const periodUs = phasePeriodUs(hypothesis)
          return { cell, hypothesis, openUs: periodUs === undefined ? [] : [[0, periodUs - 1] as const] }
        })
        const rows = rowsToExplain(history, assumed, file.refusers)
        const { kind } = witnessInZones(history, limits, file.bounds, assumed, rows, 1, createAllowance())
        const truth = consistent(
          history,
          assumed.map(({ hypothesis }) => ({ ...hypothesis, scope: 'key' })),
        )
        expect(kind).toBe(truth ? 'found' : 'impossible')
        seen[truth ? 'found' : 'impossible']++
      }),
      { numRuns: 40 },
    )
    expect(Math.min(seen.found, seen.impossible)).toBeGreaterThan(2)
  })
})

/** Two limits that share requests and count what the other refuses, with many requests under way at a time. */
function shapeOf(algorithm: Algorithm): Overlapping {
  const rules = { algorithm, limitedRequests: 'free', chargedWhenRefused: 'counted' } as const
  return {
    enforced: [
      { scope: 'key', limit: 8, ...rules },
      { scope: 'organization', limit: 12, ...rules },
    ],
    keys: ['A', 'B', 'C'],
    requests: 120,
    latencyUs: 100_000,
  }
}

function searchedFor(algorithm: Algorithm, seed: number) {
  const shape = shapeOf(algorithm)
  const { history } = overlapping(shape, seed)
  const { limits } = specSchema.parse({
    limits: shape.enforced.map((one, k) => ({ name: `limit ${k}`, window: '1s', ...one })),
  })
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  const assumed = (file.components[0] ?? []).map((cell) => {
    const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as (typeof shape.enforced)[number]
    const hypothesis: Hypothesis = { ...rules, windowUs }
    if (algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
    return { cell, hypothesis, openUs: openRanges(file, cell, hypothesis) }
  })
  const rows = rowsToExplain(history, assumed, refusers)
  const search = (work: number) =>
    witnessInZones(history, limits, bounds, assumed, rows, 1, createAllowance(work))
  return {
    search,
    holds: (work: number) => {
      const found = search(work)
      return found.kind === 'found' && replay(history, limits, bounds, rows, found.witness) === undefined
    },
  }
}

describe.each([
  { algorithm: 'fixed-window', seeds: [1, 2] },
  { algorithm: 'first-hit-window', seeds: [1, 2] },
  { algorithm: 'sliding-counter', seeds: [7] },
  { algorithm: 'gcra', seeds: [8, 10] },
  { algorithm: 'token-bucket', seeds: [1, 2] },
] as const)('in zones, two limits that are each a $algorithm', ({ algorithm, seeds }) => {
  it('are explained with little work, wherever windows start', () => {
    for (const seed of seeds) expect(searchedFor(algorithm, seed).holds(40_000), `seed ${seed}`).toBe(true)
  })
})

it('a search in zones says the same for the same question', () => {
  const { search } = searchedFor('gcra', 10)
  const instants = () => {
    const found = search(40_000)
    return found.kind === 'found' ? found.witness.atUs : undefined
  }
  expect(instants()).toBeDefined()
  expect(instants()).toEqual(instants())
})

it('a search in zones gives up where there is no work left for it', () => {
  expect(searchedFor('gcra', 10).search(1_000).kind).toBe('undecided')
})

it('a search in zones leaves sliding logs to others', () => {
  expect(searchedFor('sliding-log', 1).search(40_000).kind).toBe('undecided')
})
