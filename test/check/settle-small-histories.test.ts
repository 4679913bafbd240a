import { describe, expect, it } from 'vitest'
import type { Algorithm } from '../../lib/spec/index.ts'
import type { Enforced, Overlapping } from './overlapping.ts'
import { areSettled } from './settled.ts'

// Many histories that are so small that whatever settling does shows in some of them.

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const counted = { limitedRequests: 'counted', chargedWhenRefused: 'counted' } as const

/** What is drawn of each algorithm. */
function shapesOf(kind: Pick<Enforced, 'algorithm' | 'refillTickUs'>): Record<string, Shape> {
  const perKey = (limit: number, rules: Rules): Enforced => ({ scope: 'key', limit, ...kind, ...rules })
  const perOrganization = (rules: Rules): Enforced => ({ ...perKey(3, rules), scope: 'organization' })
  const other: Enforced = { ...perOrganization(free), algorithm: 'first-hit-window', refillTickUs: undefined }
  const keys = ['A', 'B']
  return {
    'refusals free': { enforced: [perKey(3, free)], requests: 14 },
    'refusals counted': { enforced: [perKey(3, counted)], requests: 14 },
    'mixed costs': { enforced: [perKey(4, free)], requests: 14, highestCost: 2 },
    'mixed costs, counted': { enforced: [perKey(4, counted)], requests: 14, highestCost: 2 },
    'lost answers': { enforced: [perKey(3, free)], requests: 14, lost: 0.2 },
    'two limits': { enforced: [perKey(2, free), perOrganization(free)], requests: 18, keys },
    'two limits, named': {
      enforced: [perKey(2, free), perOrganization(free)],
      requests: 18,
      keys,
      named: true,
    },
    'two limits, counted': { enforced: [perKey(2, counted), perOrganization(counted)], requests: 18, keys },
    'two kinds of limits': { enforced: [perKey(2, free), other], requests: 18, keys, named: true },
  }
}
type Rules = typeof free | typeof counted
type Shape = Omit<Overlapping, 'latencyUs'>

const seeds = Array.from({ length: 40 }, (_, k) => k + 1)
/** Finding where windows start takes longer. */
const fewSeeds = seeds.slice(0, 8)

/** Few or many requests under way at a time, by a fine clock or by one that gives many the same instant. */
function isSettled(shape: Shape, seed: number, told: boolean): boolean {
  const latencyUs = seed % 2 === 0 ? 60_000 : 200_000
  const grainUs = seed % 4 < 2 ? 1 : 100_000
  return areSettled({ ...shape, latencyUs, grainUs }, seed, told)
}

interface Expected {
  algorithm: Algorithm
  refillTickUs?: number
  /** For how many of the seeds instants are found at least, of each shape in turn. */
  least: number[]
  /** The same where nobody says when windows start. */
  leastOfUntold?: number[]
}

const expected: Expected[] = [
  {
    algorithm: 'fixed-window',
    least: [40, 16, 34, 17, 20, 37, 39, 19, 36],
    leastOfUntold: [8, 6, 7, 5, 6, 8, 8, 7, 8],
  },
  { algorithm: 'first-hit-window', least: [40, 25, 31, 27, 14, 36, 39, 15, 39] },
  { algorithm: 'sliding-log', least: [40, 34, 0, 0, 18, 37, 39, 30, 40] },
  { algorithm: 'sliding-counter', least: [36, 30, 38, 32, 14, 35, 35, 30, 33] },
  { algorithm: 'gcra', least: [40, 32, 40, 32, 17, 39, 37, 30, 38] },
  {
    algorithm: 'token-bucket',
    refillTickUs: 250_000,
    least: [40, 33, 39, 33, 19, 35, 39, 31, 38],
    leastOfUntold: [8, 6, 8, 7, 7, 8, 8, 7, 8],
  },
]

/** Of which shapes instants are found less often than expected. */
function lessOften({ algorithm, refillTickUs }: Expected, told: boolean, least: readonly number[]): string[] {
  return Object.entries(shapesOf({ algorithm, refillTickUs })).flatMap(([words, shape], k) => {
    const found = (told ? seeds : fewSeeds).filter((seed) => isSettled(shape, seed, told)).length
    const expected = least[k] as number
    return found < expected ? [`${words}: ${found}, and ${expected} were expected`] : []
  })
}

describe.each(expected)('settling small histories of a $algorithm by itself', (one) => {
  it('finds instants, told where windows start', () => {
    expect(lessOften(one, true, one.least)).toEqual([])
  })
})

describe.each(expected.filter((one) => one.leastOfUntold))(
  'settling small histories of a $algorithm by itself',
  (one) => {
    it('finds where windows start as well', () => {
      expect(lessOften(one, false, one.leastOfUntold as number[])).toEqual([])
    })
  },
)
