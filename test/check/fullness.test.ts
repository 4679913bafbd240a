import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullnessOf } from '../../lib/check/settle/fullness.ts'
import { createLimiter, modelledAlgorithms } from '../../lib/limiters/index.ts'
import { evidenceOf, limiter } from './evidence-of.ts'

const lastUs = 40

const uses = fc.array(fc.record({ at: fc.nat(lastUs), cost: fc.integer({ min: 1, max: 2 }) }), {
  maxLength: 8,
})

const limiters = [
  ...modelledAlgorithms.map((algorithm) => ({ name: `a ${algorithm}`, algorithm, refillTickUs: undefined })),
  ...[2, 5].map((refillTickUs) => ({
    name: `a token-bucket that is refilled every ${refillTickUs} us`,
    algorithm: 'token-bucket' as const,
    refillTickUs,
  })),
]

test.each(limiters)('$name is full at the instants at which its model refuses', (one) => {
  const { algorithm, refillTickUs } = one
  fc.assert(
    fc.property(
      uses,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 3, max: 12 }),
      fc.nat(11),
      fc.boolean(),
      (used, limit, windowUs, startUs, alike) => {
        const requests = used.map(({ at, cost }) => ({ lo: at, hi: at, cost: alike ? 1 : cost }))
        const ordered = requests.toSorted((a, b) => a.lo - b.lo)
        const hypothesis = { ...limiter(algorithm, limit, windowUs), refillTickUs }
        const evidence = evidenceOf(ordered)
        const fullness = fullnessOf({ evidence, hypothesis, startUs }, evidence.loUs)
        const parameters = { limit, windowUs, phaseUs: startUs, rounding: 'floor', refillTickUs } as const
        const model = createLimiter(algorithm, parameters)
        const refuses = (us: number, cost: number) => {
          let state = model.init()
          for (const one of ordered) if (one.lo <= us) state = model.charge(state, one.lo, one.cost)
          return !model.admits(state, us, cost)
        }
        const instants = Array.from({ length: lastUs + windowUs }, (_, us) => us)
        for (const cost of [1, 2]) {
          const full = instants.map((us) => refuses(us, cost))
          expect(instants.map((us) => fullness.isFull(us, cost))).toEqual(full)
          for (const from of [0, 7, 19]) {
            for (const to of [from, from + 3, from + 20]) {
              const within = instants.slice(from, to + 1)
              expect(fullness.firstFull(from, to, cost)).toBe(within.find((us) => full[us]))
              expect(fullness.firstOpen(from, to, cost)).toBe(within.find((us) => !full[us]))
            }
          }
        }
      },
    ),
  )
})
