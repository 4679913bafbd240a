import { describe, expect, it } from 'vitest'
import type { Algorithm } from '../../lib/spec/index.ts'
import { areSettled } from './settled.ts'

const limit = 8
const seeds = Array.from({ length: 12 }, (_, k) => k + 1)

interface Kind {
  algorithm: Algorithm
  refillTickUs?: number
  /** Whether refused requests use it up. */
  counted: boolean
  /** How long a request is under way, at least. */
  latencyUs: number
  highestCost: number
  /** Of what all instants are multiples. */
  grainUs?: number
}

/** Does settling find instants for that, told where windows start and nothing else? */
function isSettled({ counted, algorithm, refillTickUs, ...of }: Kind, seed: number): boolean {
  const limitedRequests = counted ? 'counted' : 'free'
  const enforced = [
    { scope: 'key', limit, algorithm, refillTickUs, limitedRequests, chargedWhenRefused: 'free' },
  ] as const
  return areSettled({ enforced, requests: 60, ...of }, seed)
}

/**
 * For how many of the seeds instants are found at least: where requests cost the same and refusals use
 * nothing up, few and many requests under way; where they differ in cost, the same; where refusals count.
 */
const found: [
  algorithm: Algorithm,
  refillTickUs: number | undefined,
  plain: Pair,
  costs: Pair,
  counted: Pair,
][] = [
  ['fixed-window', undefined, [12, 12], [3, 6], [7, 0]],
  ['first-hit-window', undefined, [12, 12], [3, 7], [6, 0]],
  ['sliding-log', undefined, [12, 12], [0, 0], [12, 5]],
  ['sliding-counter', undefined, [11, 11], [11, 7], [8, 2]],
  ['gcra', undefined, [12, 11], [11, 5], [10, 4]],
  ['token-bucket', 250_000, [12, 9], [11, 7], [9, 4]],
]
type Pair = [few: number, many: number]

describe.each(found)(
  'settling by itself, a %s (refilled every %s us)',
  (algorithm, refillTickUs, ...least) => {
    const [plain, costs, counted] = least
    it.each([
      { words: 'equal costs, refusals free', highestCost: 1, counted: false, least: plain },
      { words: 'mixed costs', highestCost: 2, counted: false, least: costs },
      { words: 'refusals counted', highestCost: 1, counted: true, least: counted },
    ])('finds instants for what it answered: $words', (of) => {
      for (const [k, latencyUs] of [20_000, 100_000].entries()) {
        const kind = { algorithm, refillTickUs, latencyUs, counted: of.counted, highestCost: of.highestCost }
        const missed = seeds.filter((seed) => !isSettled(kind, seed))
        const most = seeds.length - (of.least[k] as number)
        expect(missed.length, `under way for ${latencyUs} us: seeds ${missed}`).toBeLessThanOrEqual(most)
      }
    })
  },
)

/** For how many of six seeds at least, where a key and its organization have limits: few and many under way. */
const foundOfTwo: [algorithm: Algorithm, refillTickUs: number | undefined, least: Pair][] = [
  ['fixed-window', undefined, [6, 5]],
  ['first-hit-window', undefined, [5, 2]],
  ['sliding-log', undefined, [5, 3]],
  ['sliding-counter', undefined, [4, 2]],
  ['gcra', undefined, [3, 2]],
  ['token-bucket', 250_000, [5, 4]],
]

describe.each(foundOfTwo)(
  'settling two limits, each a %s (refilled every %s us)',
  (algorithm, refillTickUs, least) => {
    it('finds instants for what they answered', () => {
      const rules = { algorithm, refillTickUs, limitedRequests: 'free', chargedWhenRefused: 'free' } as const
      const enforced = [
        { scope: 'key', limit: 5, ...rules },
        { scope: 'organization', limit: 12, ...rules },
      ] as const
      for (const [k, latencyUs] of [40_000, 80_000].entries()) {
        const shape = { enforced, keys: ['A', 'B', 'C'], requests: 80, latencyUs }
        const missed = seeds.slice(0, 6).filter((seed) => !areSettled(shape, seed))
        const most = 6 - (least[k] as number)
        expect(missed.length, `under way for ${latencyUs} us: seeds ${missed}`).toBeLessThanOrEqual(most)
      }
    })
  },
)

it.each([
  ['40 ms', 40_000, 10],
  ['60 ms', 60_000, 12],
])('repairs first-hit windows of two limits whose requests are under way for %s', (_, latencyUs, most) => {
  const rules = {
    algorithm: 'first-hit-window',
    limitedRequests: 'free',
    chargedWhenRefused: 'free',
  } as const
  const enforced = [
    { scope: 'key', limit: 5, ...rules },
    { scope: 'organization', limit: 12, ...rules },
  ] as const
  const shape = { enforced, keys: ['A', 'B', 'C'], requests: 100, latencyUs }
  const missed = Array.from({ length: 24 }, (_, k) => 100 + k).filter((seed) => !areSettled(shape, seed))
  expect(missed.length, `seeds ${missed}`).toBeLessThanOrEqual(most)
})

/** For how many of twelve seeds at least, where refusals use nothing up, and where they do. */
const foundOnCoarseClock: [
  algorithm: Algorithm,
  refillTickUs: number | undefined,
  free: number,
  counted: number,
][] = [
  ['fixed-window', undefined, 12, 1],
  ['first-hit-window', undefined, 12, 6],
  ['sliding-log', undefined, 12, 9],
  ['sliding-counter', undefined, 11, 7],
  ['gcra', undefined, 12, 9],
  ['token-bucket', 250_000, 12, 10],
]

describe.each(foundOnCoarseClock)(
  'settling by itself a %s (refilled every %s us)',
  (algorithm, refillTickUs, ...least) => {
    it('finds instants that many requests share', () => {
      for (const [k, counted] of [false, true].entries()) {
        const kind = { algorithm, refillTickUs, counted, latencyUs: 40_000, highestCost: 1, grainUs: 50_000 }
        const missed = seeds.filter((seed) => !isSettled(kind, seed))
        const most = seeds.length - (least[k] as number)
        expect(missed.length, `counted: ${counted}, seeds ${missed}`).toBeLessThanOrEqual(most)
      }
    })
  },
)

// Histories of which settling explains each only by one of its steps, which make little difference to most.
const rules = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const keys = ['A', 'B', 'C']
const ofKeyAndOrganization = (algorithm: Algorithm, key: number, organization: number) =>
  [
    { scope: 'key', limit: key, algorithm, ...rules },
    { scope: 'organization', limit: organization, algorithm, ...rules },
  ] as const

it.each([51, 79, 241, 504, 732])('a log is filled by moving as little as can be (seed %i)', (seed) => {
  const enforced = [{ scope: 'key', limit: 20, algorithm: 'sliding-log', ...rules }] as const
  expect(areSettled({ enforced, requests: 150, latencyUs: 100_000 }, seed)).toBe(true)
})

it.each([6, 8, 12, 34, 201])('a fixed window has back who another limit moved out (seed %i)', (seed) => {
  const enforced = ofKeyAndOrganization('fixed-window', 5, 12)
  expect(areSettled({ enforced, keys, requests: 100, latencyUs: 50_000 }, seed)).toBe(true)
})

it.each([
  ['starts as early as somebody in it needs', [16, 21, 28, 129, 137, 141]],
  ['keeps who would have left it not full for a refusal', [4, 50, 140, 212, 293]],
  ['has back who another limit moved out', [62, 112, 235]],
])('a first-hit window %s', (_, seedsOfIt) => {
  const enforced = ofKeyAndOrganization('first-hit-window', 8, 20)
  const shape = { enforced, keys, requests: 150, latencyUs: 100_000, named: true }
  expect(seedsOfIt.filter((seed) => !areSettled(shape, seed))).toEqual([])
})

describe.each([true, false])('one of two limits, where refusals name the limit: %s', (named) => {
  it.each(['fixed-window', 'first-hit-window', 'sliding-log', 'gcra'] as const)(
    'is settled whatever the other refused, a %s',
    (algorithm) => {
      const enforced = ofKeyAndOrganization(algorithm, 5, 12)
      const shape = { enforced, keys, requests: 80, latencyUs: 40_000, named }
      for (const other of [0, 1]) {
        const missed = seeds.filter((seed) => !areSettled(shape, seed, true, new Set([other])))
        expect(missed, `limit ${other} refuses what it likes`).toEqual([])
      }
    },
  )
})
