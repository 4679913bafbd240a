import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { findWitness } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { consistent, type OracleLimit } from './oracle.ts'
import { shortWindows } from './oracle-runs.ts'

// Histories that no limiter answered, but any that are drawn, so tight that each step of settling matters to some
// of them. What it explains brute force explains as well; it need not explain all that can be, and what it
// explains of those that are drawn, always the same, is held on to here.

interface Shape {
  algorithm: Algorithm
  refillTickUs?: number
  rules: Pick<OracleLimit, 'limitedRequests' | 'chargedWhenRefused'>
  highestCost?: number
  /** Whether the keys have an organization, with a limit of its own, which refusals may name. */
  several?: boolean
  /** Whether all were let through, of which some may have been for long under way. */
  letThrough?: boolean
}

/** Limits, and a handful of requests of any outcome, mostly let through. */
function drawn(shape: Shape, seed: number) {
  const { algorithm, refillTickUs, rules, highestCost = 1, several = false, letThrough = false } = shape
  const random = seededRandom(seed)
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  const windowUs = 3 + upTo(4)
  const limit = 1 + upTo(2)
  const one = { algorithm, windowUs, ...rules, refillTickUs, rounding: 'floor' as const }
  const limits: OracleLimit[] = [{ ...one, limit, scope: 'key' }]
  if (several) limits.push({ ...one, limit: limit + upTo(1), scope: 'organization' })
  const keys = several ? ['A', 'B'] : ['A']
  const records = Array.from({ length: (letThrough ? 4 : 3) + upTo(3) }, (): RecordInput => {
    const sentUs = upTo(13)
    const longestUs = letThrough && random() < 0.5 ? 3 * windowUs : 5
    const outcome =
      letThrough || random() < 0.65 ? Outcome.accepted : random() < 0.8 ? Outcome.limited : Outcome.unknown
    const limitedBy = several && random() < 0.4 ? (limits[upTo(1)] as OracleLimit).scope : undefined
    return {
      descriptor: keys[upTo(keys.length - 1)] as string,
      sentUs,
      receivedUs: sentUs + upTo(longestUs),
      outcome,
      cost: 1 + upTo(highestCost - 1),
      ...(outcome === Outcome.unknown && { status: 500 }),
      ...(outcome === Outcome.limited && { limitedBy }),
    }
  })
  const descriptors = Object.fromEntries(keys.map((key) => [key, { key, organization: 'all' }]))
  return { limits, history: historyFromRecords({ descriptors }, records) }
}

/** Is one of these explained by settling, told that windows may start anywhere? */
function isSettled({ limits, history }: ReturnType<typeof drawn>): boolean {
  const windowUs = limits[0]?.windowUs as number
  const rules = limits.map(({ windowUs: _, rounding: __, refillTickUs: ___, ...rule }) => rule)
  const specs = shortWindows(rules, windowUs).map((limit, k) => {
    const { refillTickUs } = limits[k] as OracleLimit
    return refillTickUs === undefined ? limit : { ...limit, refillEvery: refillTickUs / 1000 }
  })
  const file = new CaseFile(history, specs, 0)
  const { bounds, refusers } = file
  return file.components.every((cells) => {
    const assumed = cells.map((cell) => {
      const { scope: _, ...hypothesis } = limits[cell.limitIndex] as OracleLimit
      const evidence = file.evidence(cell, hypothesis)
      const startsUs = Array.from({ length: phasePeriodUs(hypothesis) ?? 0 }, (_, us) => us)
      return { cell, hypothesis, evidence, startsUs }
    })
    return findWitness(history, specs, bounds, assumed, refusers) !== undefined
  })
}

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const counted = { limitedRequests: 'counted', chargedWhenRefused: 'counted' } as const
const shapes = {
  'all let through': { rules: free, letThrough: true },
  'equal costs, refusals free': { rules: free },
  'equal costs, refusals counted': { rules: counted },
  'mixed costs, refusals free': { rules: free, highestCost: 2 },
  'mixed costs, refusals counted': { rules: counted, highestCost: 2 },
  'two limits': { rules: free, several: true },
  'two limits, refusals counted': { rules: counted, several: true },
}

/** Of how many histories that are drawn, of each shape in turn, settling finds a witness at least. */
const expected: { algorithm: Algorithm; refillTickUs?: number; histories: number; least: number[] }[] = [
  { algorithm: 'fixed-window', histories: 800, least: [626, 366, 288, 299, 258] },
  { algorithm: 'first-hit-window', histories: 250, least: [150, 81, 57, 59, 46, 74, 63] },
  { algorithm: 'sliding-log', histories: 800, least: [497, 277, 233, 20, 18, 221, 187] },
  { algorithm: 'sliding-counter', histories: 800, least: [601, 354, 305, 270, 244] },
  { algorithm: 'gcra', histories: 800, least: [566, 265, 217, 229, 186, 206, 179] },
  { algorithm: 'token-bucket', refillTickUs: 3, histories: 800, least: [577, 300, 239, 255, 217] },
]

describe.each(expected)(
  'settling any history of a $algorithm by itself',
  ({ histories, least, ...limiter }) => {
    it('explains as many as it did, and none that brute force does not explain', () => {
      const seeds = Array.from({ length: histories }, (_, k) => k + 1)
      for (const [k, [words, rest]] of Object.entries<Omit<Shape, 'algorithm'>>(shapes).entries()) {
        if (k >= least.length) continue
        const settled = seeds.filter((seed) => isSettled(drawn({ ...rest, ...limiter }, seed)))
        const wrong = settled.filter((seed) => {
          const { history, limits } = drawn({ ...rest, ...limiter }, seed)
          return !consistent(history, limits)
        })
        expect(wrong, words).toEqual([])
        expect(settled.length, words).toBeGreaterThanOrEqual(least[k] as number)
      }
    })
  },
)
