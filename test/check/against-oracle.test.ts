import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/case-file.ts'
import { examine } from '../../lib/check/explain.ts'
import { type Hypothesis, hypotheses } from '../../lib/check/hypothesis.ts'
import { verifyCertificate } from '../../lib/check/verify-certificate.ts'
import { type Algorithm, type Limit, specSchema } from '../../lib/spec/index.ts'
import { seeded } from '../simulation/simulate.ts'
import { consistent } from './oracle.ts'
import { smallHistory } from './small-histories.ts'

const judged: Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter']

interface Drawn {
  seed: number
  algorithm: Algorithm
  limit: number
  windowUs: number
  counted: boolean
}

const drawn = (algorithm: Algorithm): fc.Arbitrary<Drawn> =>
  fc.record({
    seed: fc.integer(),
    algorithm: fc.constant(algorithm),
    limit: fc.integer({ min: 1, max: 3 }),
    windowUs: fc.integer({ min: 3, max: 7 }),
    counted: fc.boolean(),
  })

function caseOf({ seed, algorithm, limit, windowUs, counted }: Drawn) {
  const history = smallHistory(seeded(seed), {
    requests: 6,
    spanUs: 14,
    longestUs: 4,
    descriptors: { A: { key: 'A' } },
    unknowns: true,
  })
  const limitedRequests = counted ? ('counted' as const) : ('free' as const)
  const spec = specSchema.parse({
    limits: [{ name: 'small', scope: 'key', limit, window: '1s', algorithm, limitedRequests }],
  })
  const small: Limit = { ...(spec.limits[0] as Limit), window: windowUs / 1000 }
  const file = new CaseFile(history, [small], 0)
  const [hypothesis] = hypotheses(small, file.neighbours(0)) as [Hypothesis]
  const truth = consistent(history, [
    { scope: 'key', algorithm, limit, windowUs, limitedRequests, chargedWhenRefused: 'free' },
  ])
  return { file, hypothesis, truth }
}

describe('against brute force, on small random histories with nested intervals and unknown outcomes', () => {
  for (const algorithm of judged) {
    it(`never refutes what a ${algorithm} can explain, and its certificates add up`, () => {
      let refuted = 0
      fc.assert(
        fc.property(drawn(algorithm), (draw) => {
          const { file, hypothesis, truth } = caseOf(draw)
          const proof = file.refuteLimit(0, hypothesis)
          expect(file.rejectedProofs).toEqual([])
          if (!proof) return
          refuted++
          expect(truth).toBe(false)
          expect(verifyCertificate(file.evidence(proof.cell, hypothesis), proof)).toBeUndefined()
        }),
        { numRuns: 600 },
      )
      expect(refuted).toBeGreaterThan(0)
    })
  }

  for (const algorithm of judged.filter((name) => name !== 'sliding-counter')) {
    it(`explains by a ${algorithm} only what one can explain`, () => {
      let explained = 0
      fc.assert(
        fc.property(drawn(algorithm), (draw) => {
          const { file, hypothesis, truth } = caseOf(draw)
          const [examined] = examine(file, 0, () => (file.refuteLimit(0, hypothesis) ? [] : [hypothesis]))
          if (examined?.verdict !== 'explained') return
          explained++
          expect(truth).toBe(true)
        }),
        { numRuns: 600 },
      )
      expect(explained).toBeGreaterThan(0)
    })
  }

  it('refutes at least seven in eight of the histories that a fixed window or a sliding log cannot explain', () => {
    for (const algorithm of ['fixed-window', 'sliding-log'] as const) {
      let impossible = 0
      let missed = 0
      for (let seed = 1; seed <= 500; seed++) {
        const { file, hypothesis, truth } = caseOf({
          seed,
          algorithm,
          limit: 1 + (seed % 3),
          windowUs: 3 + (seed % 5),
          counted: false,
        })
        if (truth) continue
        impossible++
        if (!file.refuteLimit(0, hypothesis)) missed++
      }
      expect(impossible).toBeGreaterThan(100)
      expect(missed / impossible).toBeLessThan(1 / 8)
    }
  })
})

describe('two limits that share requests', () => {
  it('never refutes a hierarchy that brute force can explain', () => {
    let refuted = 0
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom<Algorithm>('fixed-window', 'first-hit-window', 'sliding-log'),
        fc.constantFrom('counted' as const, 'free' as const),
        fc.constantFrom('counted' as const, 'free' as const),
        (seed, algorithm, limitedRequests, chargedWhenRefused) => {
          const history = smallHistory(seeded(seed), {
            requests: 5,
            spanUs: 10,
            longestUs: 3,
            descriptors: { A: { inner: 'A', outer: 'all' }, B: { inner: 'B', outer: 'all' } },
            unknowns: true,
          })
          const rule = { algorithm, limitedRequests, chargedWhenRefused }
          const spec = specSchema.parse({
            limits: [
              { name: 'inner', scope: 'inner', limit: 1, window: '1s', ...rule },
              { name: 'outer', scope: 'outer', limit: 2, window: '1s', ...rule },
            ],
          })
          const limits = spec.limits.map((limit): Limit => ({ ...limit, window: 4 / 1000 }))
          const file = new CaseFile(history, limits, 0)
          const proofs = limits.map((_, i) =>
            hypotheses(limits[i] as Limit, file.neighbours(i)).map((h) => file.refuteLimit(i, h)),
          )
          expect(file.rejectedProofs).toEqual([])
          if (!proofs.some((ofLimit) => ofLimit.length > 0 && ofLimit.every((proof) => proof))) return
          refuted++
          expect(
            consistent(
              history,
              limits.map(({ scope, limit }) => ({ scope, limit, windowUs: 4, ...rule })),
            ),
          ).toBe(false)
        },
      ),
      { numRuns: 400 },
    )
    expect(refuted).toBeGreaterThan(0)
  })
})
