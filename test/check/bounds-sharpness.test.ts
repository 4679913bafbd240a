import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import { refuteByBounds } from '../../lib/check/refute/refute.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

// Bounds need not exclude all that is impossible. What they exclude of some that is drawn, always the same, is
// held on to here: less would make no verdict wrong, and leave more of them open.

/** @param grain so many microseconds are one of those that windows have few of. @param longest in these. */
const drawnFor = (grain: number, longest: number) =>
  fc.record({
    requests: fc.array(
      fc.record({
        lo: fc.nat(40 * grain),
        took: fc.oneof(fc.constantFrom(0, 1), fc.nat(longest * grain)),
        share: fc.constantFrom(0, 0.5, 1),
        cost: fc.constantFrom(1, 1, 2, 3),
        told: fc.constantFrom('all', 'all', 'all', 'all', 'nothing', 'elsewhere'),
      }),
      { minLength: 6, maxLength: 14 },
    ),
    misread: fc.option(fc.nat(13), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 4 }),
    windowUs: fc.integer({ min: 6 * grain, max: 14 * grain }),
    refillTickUs: fc.integer({ min: 2 * grain, max: 6 * grain }),
    phaseUs: fc.nat(14 * grain - 1),
    highestCost: fc.constantFrom(1, 1, 2, 3),
    counted: fc.boolean(),
    hiddenUseUntilUs: fc.constantFrom(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 12 * grain),
  })
type Drawn = ReturnType<typeof drawnFor> extends fc.Arbitrary<infer One> ? One : never

const drawn = {
  'in windows of few microseconds': fc.sample(drawnFor(1, 9), { seed: 1, numRuns: 600 }),
  'in longer ones, of requests that are under way as long': fc.sample(drawnFor(11, 18), {
    seed: 2,
    numRuns: 600,
  }),
}

/** What such a limiter answers, of which one answer may be read as its opposite, and some is not told. */
function answered({ requests, misread, counted, highestCost, ...drawn }: Drawn, h: Hypothesis): Evidence {
  const model = createLimiter(h.algorithm, { ...h, phaseUs: drawn.phaseUs })
  let state = model.init()
  const seen = requests
    .map(({ lo, took, share, ...request }) => ({
      lo,
      hi: lo + took,
      atUs: lo + Math.floor(share * took),
      ...request,
    }))
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ lo, hi, atUs, told, ...request }, row): Seen => {
      const cost = Math.min(request.cost, highestCost)
      const admitted = model.admits(state, atUs, cost)
      const isCounted = admitted ? told !== 'elsewhere' : counted
      if (isCounted) state = model.charge(state, atUs, cost)
      const readAs =
        admitted !== (row === misread) ? (told === 'elsewhere' ? 'vacant' : 'accepted') : 'refused'
      return { lo, hi, cost, as: told === 'nothing' ? 'unknown' : readAs }
    })
    .sort((a, b) => a.lo - b.lo)
  return {
    ...(counted ? countingRefusals(seen) : evidenceOf(seen)),
    hiddenUseUntilUs: drawn.hiddenUseUntilUs,
  }
}

interface Expected {
  algorithm: Algorithm
  refilled?: boolean
  /** Of each of those that are drawn in turn: how many are excluded, and how many starts are left of the others. */
  refuted: number[]
  openUs: number[]
}

describe.each<Expected>([
  { algorithm: 'fixed-window', refuted: [136, 105], openUs: [2928, 36333] },
  { algorithm: 'first-hit-window', refuted: [107, 84], openUs: [3246, 50681] },
  { algorithm: 'sliding-log', refuted: [179, 163], openUs: [0, 0] },
  { algorithm: 'sliding-counter', refuted: [59, 47], openUs: [4234, 49667] },
  { algorithm: 'gcra', refuted: [182, 172], openUs: [0, 0] },
  { algorithm: 'token-bucket', refilled: true, refuted: [176, 158], openUs: [1469, 16901] },
])('bounds on what a $algorithm cannot have answered', ({ algorithm, refilled, ...expected }) => {
  it.each(Object.entries(drawn).map(([words, some], k) => ({ words, some, k })))(
    'exclude as much as they did, and leave as few instants at which a window may start: $words',
    ({ some, k }) => {
      let [refuted, openUs] = [0, 0]
      for (const one of some) {
        const h: Hypothesis = {
          ...limiter(algorithm, one.limit, one.windowUs),
          ...(refilled && { refillTickUs: one.refillTickUs }),
          limitedRequests: one.counted ? 'counted' : 'free',
        }
        const evidence = answered(one, h)
        const found = refuteByBounds(new EvidenceIndex(evidence), h, false)
        if (found.refuted) {
          refuted++
          expect(verifyCertificate(evidence, found)).toBe(undefined)
        } else {
          expect(found.exhausted).toBe(false)
          openUs += found.openUs.reduce((sum, [from, to]) => sum + to - from + 1, 0)
        }
      }
      expect(refuted).toBeGreaterThanOrEqual(expected.refuted[k] as number)
      expect(openUs).toBeLessThanOrEqual(expected.openUs[k] as number)
    },
  )
})

it.each([1, 2, 3, 8])(
  'a log is excluded by more than %i times its limit, let through within as many windows of which the last is an instant',
  (windows) => {
    const h = limiter('sliding-log', 2, 10)
    const among = (count: number) => {
      const anytime: Seen = { lo: 0, hi: (windows - 1) * h.windowUs }
      const evidence = evidenceOf(Array.from({ length: count }, () => anytime))
      const found = refuteByBounds(new EvidenceIndex(evidence), h, true)
      if (found.refuted) expect(verifyCertificate(evidence, found)).toBe(undefined)
      return found.refuted
    }
    expect(among(2 * windows)).toBe(false)
    expect(among(2 * windows + 1)).toBe(true)
  },
)

it('a log is not looked at in spans of more than eight windows', () => {
  // Seventeen within eight are seen to be too many, and nineteen within nine are not.
  const among = (windows: number) => {
    const anytime: Seen = { lo: 0, hi: (windows - 1) * 10 }
    const evidence = evidenceOf(Array.from({ length: 2 * windows + 1 }, () => anytime))
    return refuteByBounds(new EvidenceIndex(evidence), limiter('sliding-log', 2, 10), true).refuted
  }
  expect([8, 9].map(among)).toEqual([true, false])
})
