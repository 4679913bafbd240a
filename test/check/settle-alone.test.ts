import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { findWitness } from '../../lib/check/settle/witness.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'
import { overlapping, windowUs } from './overlapping.ts'

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
}

/** Does settling find instants for that, told where windows start and nothing else? */
function isSettled(kind: Kind, seed: number): boolean {
  const { algorithm, refillTickUs } = kind
  const limitedRequests = kind.counted ? 'counted' : 'free'
  const rules = { algorithm, limitedRequests } as const
  const { limits } = specSchema.parse({
    limits: [{ name: 'one', scope: 'key', limit, window: '1s', ...rules }],
  })
  const enforced = [{ scope: 'key', limit, refillTickUs, ...rules, chargedWhenRefused: 'free' }] as const
  const { history, phaseUs } = overlapping({ enforced, requests: 60, ...kind }, seed)
  const file = new CaseFile(history, limits, 0)
  const hypothesis: Hypothesis = { ...rules, limit, windowUs, chargedWhenRefused: 'free', refillTickUs }
  if (algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
  const startsUs = phasePeriodUs(hypothesis) === undefined ? [] : [phaseUs]
  const assumed = file.cells.map((cell) => {
    return { cell, hypothesis, evidence: file.evidence(cell, hypothesis), startsUs }
  })
  return findWitness(history, limits, file.bounds, assumed, file.refusers) !== undefined
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
