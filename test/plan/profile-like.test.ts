import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profileLike, requestCount } from '../../lib/plan/index.ts'

describe('a shape that was recorded', () => {
  const stage = fc.record({
    durationMs: fc.integer({ min: 1, max: 10_000 }),
    fromPerSecond: fc.integer({ min: 0, max: 500 }),
    toPerSecond: fc.integer({ min: 0, max: 500 }),
  })

  it('has the mean and the length that are asked for, and stages in proportion', () => {
    const some = fc
      .array(stage, { minLength: 1, maxLength: 8 })
      .filter((stages) => requestCount({ stages }) > 50)
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 10, max: 1_000 }),
        fc.integer({ min: 10_000, max: 100_000 }),
        (stages, rate, ms) => {
          const shaped = profileLike(stages)(rate, ms)
          expect(shaped.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(ms, 3)
          const mean = (1000 * requestCount({ stages: shaped })) / ms
          expect(mean / rate).toBeGreaterThan(0.97)
          expect(mean / rate).toBeLessThan(1.03)
          shaped.forEach(({ fromPerSecond, toPerSecond }, k) => {
            const one = stages[k] as (typeof stages)[number]
            expect(fromPerSecond * one.toPerSecond).toBeCloseTo(toPerSecond * one.fromPerSecond, 3)
          })
        },
      ),
    )
  })

  it('is none without a request', () => {
    expect(() => profileLike([{ durationMs: 1_000, fromPerSecond: 0, toPerSecond: 0 }])).toThrow(RangeError)
  })
})
