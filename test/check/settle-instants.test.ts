import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { type Limiter, type Settled, settle } from '../../lib/check/settle/settle.ts'
import { createLimiter, type LimiterModel } from '../../lib/limiters/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { countingRefusals, evidenceOf, limiter, type Seen } from './evidence-of.ts'

// The instants at which one limiter decides, against its model asked at one microsecond after the other.

const kinds: [name: string, algorithm: Algorithm, refillTickUs?: number][] = [
  ['fixed window', 'fixed-window'],
  ['first-hit window', 'first-hit-window'],
  ['sliding log', 'sliding-log'],
  ['sliding counter', 'sliding-counter'],
  ['bucket', 'gcra'],
  ['bucket that is refilled every 2 us', 'token-bucket', 2],
  ['bucket that is refilled every 5 us', 'token-bucket', 5],
]

const numbers = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  windowUs: fc.integer({ min: 3, max: 12 }),
  startUs: fc.integer({ min: -5, max: 11 }),
  rounding: fc.constantFrom('floor', 'ceil'),
})
type Numbers = typeof numbers extends fc.Arbitrary<infer Value> ? Value : never

/** A limiter of such numbers, as settling sees it and as a model. */
function limiterOf(
  algorithm: Algorithm,
  refillTickUs: number | undefined,
  given: Numbers,
  evidence: Evidence,
) {
  const { limit, windowUs, startUs, rounding } = given
  const hypothesis = { ...limiter(algorithm, limit, windowUs), refillTickUs }
  if (algorithm === 'sliding-counter') hypothesis.rounding = rounding
  const of: Limiter = { evidence, hypothesis, startUs }
  const model = createLimiter(algorithm, { limit, windowUs, phaseUs: startUs, rounding, refillTickUs })
  return { of, model: model as LimiterModel<unknown> }
}

/** Settles round after round, as long as that changes anything. */
function settledWith(of: Limiter): { settled: Settled; atUs: number[]; rounds: number } {
  const atUs = of.evidence.loUs.slice()
  for (let rounds = 0; rounds < 60; rounds++) {
    const settled = settle(of, atUs)
    if (settled !== 'changed') return { settled, atUs: [...atUs], rounds }
  }
  return { settled: 'changed', atUs: [...atUs], rounds: 60 }
}

/** When requests are let through that come one after the other and wait, each for the one before it. */
function letThrough(model: LimiterModel<unknown>, asked: readonly Seen[]): number[] {
  let state = model.init()
  let us = Number.NEGATIVE_INFINITY
  return asked.map(({ lo, cost = 1 }) => {
    us = Math.max(us, lo)
    while (!model.admits(state, us, cost)) us++
    state = model.charge(state, us, cost)
    return us
  })
}

/** Whether it can be told without others which window a request is in, or there is none. */
function isOfOneWindow(algorithm: Algorithm, { windowUs, startUs }: Numbers, { lo, hi = lo }: Seen): boolean {
  if (algorithm === 'first-hit-window') return false
  const windowOf = (us: number) => Math.floor((us - startUs) / windowUs)
  return algorithm !== 'fixed-window' || windowOf(lo) === windowOf(hi)
}

/** The first instant of an interval at which a limiter is full that was so used. */
function firstRefused(
  model: LimiterModel<unknown>,
  used: readonly { at: number; cost: number }[],
  { lo, hi = lo, cost = 1 }: Seen,
): number | undefined {
  for (let us = lo; us <= hi; us++) {
    let state = model.init()
    for (const use of used) if (use.at <= us) state = model.charge(state, use.at, use.cost)
    if (!model.admits(state, us, cost)) return us
  }
  return undefined
}

const instants = fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }).map((us) => us.sort((a, b) => a - b))

describe.each(kinds)('a %s', (_, algorithm, refillTickUs) => {
  it('lets requests that can all wait through as early as its model does', () => {
    fc.assert(
      fc.property(numbers, instants, fc.constantFrom(1, 1, 2), (given, sent, drawnCost) => {
        const cost = algorithm === 'sliding-log' ? 1 : Math.min(drawnCost, given.limit)
        const seen = sent.map((lo): Seen => ({ lo, hi: 1_000, cost }))
        const { of, model } = limiterOf(algorithm, refillTickUs, given, evidenceOf(seen))
        const { settled, atUs, rounds } = settledWith(of)
        const expected = letThrough(model, seen)
        expect({ settled, atUs: atUs.sort((a, b) => a - b) }).toEqual({
          settled: 'unchanged',
          atUs: expected,
        })
        // It says so where nothing had to be moved.
        expect(rounds === 0).toBe(expected.every((us, k) => us === sent[k]))
      }),
      { numRuns: 150 },
    )
  })

  it('cannot let through what costs more than its limit', () => {
    for (const costs of [
      [3, 3],
      [1, 3],
      [3, 1],
    ]) {
      const seen = costs.map((cost, k): Seen => ({ lo: k, hi: 100, cost }))
      const given = { limit: 2, windowUs: 6, startUs: 0, rounding: 'floor' } as const
      expect(settledWith(limiterOf(algorithm, refillTickUs, given, evidenceOf(seen)).of).settled).toBe(
        'impossible',
      )
    }
  })

  it('answers as its model does wherever instants are found', () => {
    const request = fc.record({
      lo: fc.nat(20),
      wait: fc.nat(9),
      cost: fc.constantFrom(1, 1, 2),
      as: fc.constantFrom('accepted', 'accepted', 'refused', 'unknown'),
    })
    const seen = { unchanged: 0, changed: 0, impossible: 0 }
    fc.assert(
      fc.property(
        numbers,
        fc.array(request, { minLength: 2, maxLength: 7 }),
        fc.boolean(),
        fc.boolean(),
        (given, drawn, counted, alike) => {
          const told = drawn.map(({ wait, cost, ...one }): Seen & { cost: number } => {
            return {
              ...one,
              hi: one.lo + wait,
              cost: alike || algorithm === 'sliding-log' ? 1 : cost,
            }
          })
          told.sort((a, b) => a.lo - b.lo)
          const evidence = (counted ? countingRefusals : evidenceOf)(told)
          const { of, model } = limiterOf(algorithm, refillTickUs, given, evidence)
          // What has no known outcome is taken as never counted, as it is by the witness that is looked for.
          for (const [i, { as }] of told.entries()) if (as === 'unknown') evidence.use[i] = 0
          const { settled, atUs } = settledWith(of)
          seen[settled]++
          if (settled !== 'unchanged') return
          const decided = told
            .flatMap((one, i) => (one.as === 'unknown' ? [] : [{ ...one, at: atUs[i] as number }]))
            .sort((a, b) => a.at - b.at || Number(a.as === 'refused') - Number(b.as === 'refused'))
          for (const { lo, at, hi = lo } of decided) expect(lo <= at && at <= hi).toBe(true)
          const used = decided.filter(({ as }) => as === 'accepted' || counted)
          for (const one of decided) {
            if (one.as === 'refused') {
              // Where it is full in time is known of a window that has to refuse it alone.
              if (!isOfOneWindow(algorithm, given, one) || (counted && algorithm === 'fixed-window')) continue
              const others = used.filter((use) => use !== one)
              expect(firstRefused(model, others, { ...one, lo: one.at })).toBeDefined()
            } else {
              let state = model.init()
              for (const use of used.slice(0, used.indexOf(one)))
                state = model.charge(state, use.at, use.cost)
              expect(model.admits(state, one.at, one.cost)).toBe(true)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
    expect(Math.min(seen.unchanged, seen.impossible)).toBeGreaterThan(25)
  })
})

describe.each(kinds.slice(2))(
  'a %s, of what it let through at known instants,',
  (_, algorithm, refillTickUs) => {
    it('refuses each at the first instant at which its model does, and none where that never does', () => {
      const seen = { unchanged: 0, changed: 0, impossible: 0 }
      const refusal = fc.record({ lo: fc.nat(24), wait: fc.nat(12), cost: fc.constantFrom(1, 1, 2) })
      fc.assert(
        fc.property(
          numbers,
          instants,
          fc.array(refusal, { minLength: 1, maxLength: 3 }),
          (given, sent, drawn) => {
            const bare = limiterOf(algorithm, refillTickUs, given, evidenceOf([])).model
            const used: { at: number; cost: number }[] = []
            for (const at of sent) {
              let state = bare.init()
              for (const use of used) state = bare.charge(state, use.at, use.cost)
              if (bare.admits(state, at, 1)) used.push({ at, cost: 1 })
            }
            const refusals = drawn.map(({ lo, wait, cost }): Seen => {
              return { lo, hi: lo + wait, cost: algorithm === 'sliding-log' ? 1 : cost, as: 'refused' }
            })
            const told = [...used.map(({ at }): Seen => ({ lo: at })), ...refusals].sort(
              (a, b) => a.lo - b.lo,
            )
            const { of, model } = limiterOf(algorithm, refillTickUs, given, evidenceOf(told))
            const atUs = of.evidence.loUs.slice()
            const settled = settle(of, atUs)
            seen[settled]++
            const expected = told.map((one) =>
              one.as === 'refused' ? firstRefused(model, used, one) : one.lo,
            )
            if (expected.includes(undefined)) expect(settled).toBe('impossible')
            else {
              const stay = told.every(({ lo }, i) => lo === expected[i])
              expect({ settled, atUs: [...atUs] }).toEqual({
                settled: stay ? 'unchanged' : 'changed',
                atUs: expected,
              })
            }
          },
        ),
        { numRuns: 500 },
      )
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
    })
  },
)
