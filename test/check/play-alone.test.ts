import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { witnessByPlaying } from '../../lib/check/forward/forward-witness.ts'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { rowsToExplain } from '../../lib/check/settle/witness.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'
import { type Overlapping, overlapping, windowUs } from './overlapping.ts'

/** So little patience that a repair has to be one that helps. */
const patience = { starts: 1, inVain: { starts: 4, rest: 24 }, attempts: 2 }
const seeds = Array.from({ length: 8 }, (_, k) => k + 1)

/** Does playing forward find instants for what such limits answered, told where windows start and nothing else? */
function isPlayed(shape: Overlapping, seed: number): boolean {
  const { limits } = specSchema.parse({
    limits: shape.enforced.map(({ refillTickUs, ...one }, k) => ({
      name: `limit ${k}`,
      window: '1s',
      ...one,
    })),
  })
  const { history, phaseUs } = overlapping(shape, seed)
  const file = new CaseFile(history, limits, 0)
  const { bounds, refusers } = file
  return file.components.every((cells) => {
    const assumed = cells.map((cell) => {
      const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as (typeof shape.enforced)[number]
      const hypothesis: Hypothesis = { ...rules, windowUs }
      if (rules.algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
      const startsUs = phasePeriodUs(hypothesis) === undefined ? [] : [phaseUs]
      return { cell, hypothesis, startsUs }
    })
    const rows = rowsToExplain(history, assumed, refusers)
    const work = createAllowance(3_000_000)
    return (
      witnessByPlaying(history, limits, bounds, refusers, assumed, rows, [], patience, work) !== undefined
    )
  })
}

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const counted = { limitedRequests: 'counted', chargedWhenRefused: 'counted' } as const
const earlier = { limitedRequests: 'counted', chargedWhenRefused: 'earlier' } as const

/** What is drawn of each algorithm. */
function shapesOf(algorithm: Algorithm, refillTickUs: number | undefined): Record<string, Overlapping> {
  const perKey = { scope: 'key', limit: 8, algorithm, refillTickUs } as const
  const fewPerKey = { ...perKey, limit: 5 }
  const perOrganization = { scope: 'organization', limit: 12, algorithm, refillTickUs } as const
  const keys = ['A', 'B', 'C']
  return {
    'mixed costs': {
      enforced: [{ ...perKey, ...free }],
      requests: 80,
      latencyUs: 150_000,
      highestCost: 2,
    },
    'mixed costs, refusals counted': {
      enforced: [{ ...perKey, ...counted }],
      requests: 80,
      latencyUs: 150_000,
      highestCost: 2,
    },
    'lost answers': { enforced: [{ ...perKey, ...free }], requests: 60, latencyUs: 100_000, lost: 0.1 },
    'two limits': {
      enforced: [
        { ...fewPerKey, ...free },
        { ...perOrganization, ...counted },
      ],
      keys,
      requests: 80,
      latencyUs: 100_000,
    },
    'two limits, of which the first counts what the second refuses': {
      enforced: [
        { ...fewPerKey, ...earlier },
        { ...perOrganization, algorithm: 'fixed-window', refillTickUs: undefined, ...free },
      ],
      keys,
      requests: 80,
      latencyUs: 60_000,
    },
  }
}

/** For how many of the seeds instants are found at least, of each shape in turn. */
const found: [algorithm: Algorithm, refillTickUs: number | undefined, least: number[]][] = [
  ['fixed-window', undefined, [7, 7, 7, 7, 7]],
  ['first-hit-window', undefined, [5, 6, 5, 3, 7]],
  ['sliding-log', undefined, [7, 7, 5, 7, 7]],
  ['sliding-counter', undefined, [6, 7, 6, 6, 6]],
  ['gcra', undefined, [6, 7, 3, 6, 7]],
  ['token-bucket', 250_000, [4, 7, 2, 5, 6]],
]

describe.each(found)('playing by itself, a %s (refilled every %s us)', (algorithm, refillTickUs, least) => {
  it('finds instants for what it answered', () => {
    const shapes = Object.entries(shapesOf(algorithm, refillTickUs))
    const fewer = shapes.flatMap(([words, shape], k) => {
      const missed = seeds.filter((seed) => !isPlayed(shape, seed))
      const most = seeds.length - (least[k] as number)
      return missed.length > most ? [`${words}: seeds ${missed}, at most ${most} were expected`] : []
    })
    expect(fewer).toEqual([])
  })
})
