import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correlatedCount } from '../../lib/capacity/correlation.ts'
import { requestsNeeded } from '../../lib/capacity/judge-share.ts'
import { shareInterval } from '../../lib/capacity/share-interval.ts'
import { warmUp } from '../../lib/capacity/warm-up.ts'
import { seededRandom } from '../../lib/simulate/index.ts'

describe('the interval of a share', () => {
  it('is that of Clopper and Pearson', () => {
    // 10 of 100 at 95 % on both sides together, as tables have it; 0 of n is 1 - risk^(1/n).
    const [least, most] = shareInterval(10, 100, 0.025)
    expect(least).toBeCloseTo(0.0490047, 6)
    expect(most).toBeCloseTo(0.1762226, 6)
    expect(shareInterval(0, 50, 0.01)).toEqual([0, expect.closeTo(1 - 0.01 ** (1 / 50), 9)])
    expect(shareInterval(50, 50, 0.01)).toEqual([expect.closeTo(0.01 ** (1 / 50), 9), 1])
  })

  it('lies around what was found, and is narrower with more trials', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 5_000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1e-5, max: 0.2, noNaN: true }),
        (trials, share, risk) => {
          const [least, most] = shareInterval(share * trials, trials, risk)
          expect(least).toBeLessThanOrEqual(share + 1e-9)
          expect(most).toBeGreaterThanOrEqual(share - 1e-9)
          const [nearer, near] = shareInterval(share * trials * 4, trials * 4, risk)
          expect(near - nearer).toBeLessThanOrEqual(most - least + 1e-9)
        },
      ),
    )
  })

  it('needs the requests that it says', () => {
    const risk = 0.002
    const needed = requestsNeeded(0.01, risk)
    expect(shareInterval(0, needed, risk)[1]).toBeLessThan(0.01)
    expect(needed).toBeGreaterThan(Math.log(risk) / Math.log(0.99))
  })
})

describe('the correlation of a series', () => {
  const random = seededRandom(5)

  it('is none where values are independent, or do not vary', () => {
    expect(correlatedCount(Float64Array.from({ length: 20_000 }, random))).toBeLessThan(1.3)
    expect(correlatedCount(new Float64Array(100).fill(3))).toBe(1)
    expect(correlatedCount([1, 2])).toBe(1)
  })

  it('is (1 + r) / (1 - r) where each value keeps a share r of the one before', () => {
    for (const kept of [0.5, 0.9, 0.98]) {
      let value = 0
      const series = Float64Array.from({ length: 200_000 }, () => {
        value = kept * value + random() - 0.5
        return value
      })
      const expected = (1 + kept) / (1 - kept)
      expect(correlatedCount(series) / expected).toBeGreaterThan(0.75)
      expect(correlatedCount(series) / expected).toBeLessThan(1.35)
    }
  })
})

describe('the warm-up', () => {
  const random = seededRandom(9)

  it('is cut off where a series settles', () => {
    const series = Float64Array.from(
      { length: 1_000 },
      (_, k) => 10 + random() + (k < 200 ? 20 * Math.exp(-k / 40) : 0),
    )
    const { count, settled } = warmUp(series)
    expect(settled).toBe(true)
    expect(count).toBeGreaterThan(80)
    expect(count).toBeLessThan(300)
  })

  it('is nothing where a series is the same throughout', () => {
    expect(warmUp(new Float64Array(100).fill(4))).toEqual({ count: 0, settled: true })
  })

  it('never ends in a series that keeps rising, or is too short to say', () => {
    expect(warmUp(Float64Array.from({ length: 400 }, (_, k) => k)).settled).toBe(false)
    expect(warmUp([1, 1, 1, 1, 1]).settled).toBe(false)
  })
})
