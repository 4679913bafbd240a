import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { witnessByPlayingAbreast } from '../../lib/check/forward/abreast-witness.ts'
import { PlayedComponent } from '../../lib/check/forward/played-component.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { replay, type Witness } from '../../lib/check/replay/replay.ts'
import { openRanges } from '../../lib/check/settle/window-starts.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'
import { type Overlapping, overlapping, windowUs } from './overlapping.ts'

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

const allWork = 4_000_000

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
    if (phasePeriodUs(hypothesis) !== undefined) hypothesis.rounding = 'floor'
    return { cell, hypothesis, openUs: openRanges(file, cell, hypothesis) }
  })
  const rows = rowsToExplain(history, assumed, refusers)
  const component = new PlayedComponent(history, limits, bounds, refusers, assumed, rows)
  return {
    search: (work: number) => witnessByPlayingAbreast(component, assumed, [], 1, createAllowance(work)),
    holds: (witness: Witness | undefined) =>
      witness !== undefined && replay(history, limits, bounds, rows, witness) === undefined,
  }
}

describe.each([
  { algorithm: 'gcra', seeds: [8, 10] },
  { algorithm: 'sliding-counter', seeds: [7] },
] as const)('playing abreast, two limits that are each a $algorithm', ({ algorithm, seeds }) => {
  it.each(seeds)('finds when each request was decided, and where windows start (seed %i)', (seed) => {
    const { search, holds } = searchedFor(algorithm, seed)
    expect(holds(search(allWork))).toBe(true)
  })
})

it('playing abreast finds the same for the same question', () => {
  const { search } = searchedFor('gcra', 10)
  expect(search(allWork)?.atUs).toEqual(search(allWork)?.atUs)
})

it('playing abreast gives up where there is no work left for it', () => {
  const { search } = searchedFor('gcra', 10)
  expect(search(1_000)).toBeUndefined()
})
