import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockLength, exactBlockLength } from '../../lib/compare/block-length.ts'
import { changePoints, leastPart, sharpestSplit, splitSharpness } from '../../lib/compare/change-points.ts'
import { holm } from '../../lib/compare/holm.ts'
import { latencySample, percentileUs, sampleOf } from '../../lib/compare/latency-sample.ts'
import {
  chanceThatHigher,
  hodgesLehmann,
  leastChance,
  shiftInterval,
} from '../../lib/compare/mann-whitney.ts'
import { countBeyond, rankOf } from '../../lib/compare/quantile.ts'
import { resampledPercentiles } from '../../lib/compare/resample.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import golden from './golden.json' with { type: 'json' }

describe(`against values of ${golden.madeWith}`, () => {
  it.each(golden.groups)('Mann-Whitney and Hodges-Lehmann: $p', ({ base, run, p, hl }) => {
    expect(chanceThatHigher(base, run)).toBeCloseTo(p, 12)
    expect(hodgesLehmann(base, run)).toBeCloseTo(hl, 12)
  })

  it('Holm', () => {
    for (const [index, p] of holm(golden.holm.pValues).entries())
      expect(p).toBeCloseTo(golden.holm.adjusted[index] as number, 10)
  })

  it.each(golden.blocks)('block length: $length', ({ series, length }) => {
    // It divides covariances by slightly other variances, which may end its window a lag elsewhere.
    expect(exactBlockLength(series)).toBeCloseTo(length, 2)
    expect(blockLength(series)).toBe(Math.max(1, Math.ceil(length)))
  })

  it.each(golden.changes)('change points: $points', ({ series, points }) => {
    const found = changePoints(series, { alpha: 0.05, permutations: 999, random: seededRandom(1) })
    expect(found.map(({ at }) => at)).toEqual(points)
  })
})

/** All ways to share the values out, counted one by one. */
function chanceByCounting(base: readonly number[], run: readonly number[]): number {
  const all = [...base, ...run]
  const wins = (some: readonly number[], others: readonly number[]) =>
    some.flatMap((one) => others.map((other) => Math.sign(one - other) + 1)).reduce((sum, x) => sum + x, 0)
  const observed = wins(run, base)
  let atLeast = 0
  let ways = 0
  for (let set = 0; set < 2 ** all.length; set++) {
    const chosen = all.filter((_, index) => (set >> index) & 1)
    if (chosen.length !== run.length) continue
    ways++
    const others = all.filter((_, index) => !((set >> index) & 1))
    if (wins(chosen, others) >= observed) atLeast++
  }
  return atLeast / ways
}

const group = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })

describe('groups of runs', () => {
  it('have the chance that counting all ways gives, with equal values too', () => {
    fc.assert(
      fc.property(group, group, (base, run) => {
        expect(chanceThatHigher(base, run)).toBeCloseTo(chanceByCounting(base, run), 12)
      }),
    )
  })

  it('cannot give less than one way of all', () => {
    expect(leastChance(5, 5)).toBe(1 / 252)
    expect(leastChance(3, 4)).toBe(1 / 35)
    expect(chanceThatHigher([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(1 / 252, 15)
  })

  it('have an interval that excludes just the shifts that the test rejects', () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 10, maxLength: 13 })
    fc.assert(
      fc.property(values, fc.integer({ min: 5, max: 5 }), (all, size) => {
        const base = all.slice(0, size)
        const run = all.slice(size)
        const { from, to, confidence } = shiftInterval(base, run, 0.9)
        expect(confidence).toBeGreaterThanOrEqual(0.9)
        const tail = (1 - confidence) / 2
        const shifted = (by: number) => run.map((value) => value - by)
        expect(chanceThatHigher(base, shifted(from - 0.1))).toBeLessThanOrEqual(tail + 1e-12)
        expect(chanceThatHigher(base, shifted(from + 0.1))).toBeGreaterThan(0.05)
        expect(chanceThatHigher(shifted(to + 0.1), base)).toBeLessThanOrEqual(tail + 1e-12)
        expect(chanceThatHigher(shifted(to - 0.1), base)).toBeGreaterThan(0.05)
      }),
    )
  })

  it('say how sure the widest interval of few values is', () => {
    expect(shiftInterval([1, 2], [5, 9], 0.95)).toEqual({ from: 3, to: 8, confidence: 1 - 2 / 6 })
  })
})

describe('percentiles', () => {
  it('are the least value that so many do not exceed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1 }),
        fc.constantFrom(50, 90, 95, 99, 99.9),
        (values, percentile) => {
          const enough = (value: number) =>
            values.filter((each) => each <= value).length * 100 >= percentile * values.length
          const expected = Math.min(...values.filter(enough))
          expect(percentileUs(sampleOf([values]), percentile)).toBe(expected)
        },
      ),
    )
  })

  it('know how many values lie beyond them', () => {
    expect(countBeyond(99, 300)).toBe(3)
    expect(countBeyond(50, 300)).toBe(150)
    expect(countBeyond(99, 1)).toBe(0)
    expect(rankOf(99, 300)).toBe(296)
  })

  it('are of the accepted requests of those that were asked for, by the second', () => {
    const at = (descriptor: string, sentMs: number, ms: number, outcome: Outcome = Outcome.accepted) => ({
      descriptor,
      sentUs: sentMs * 1000,
      receivedUs: (sentMs + ms) * 1000,
      outcome,
    })
    const history = historyFromRecords({ descriptors: { A: { integration: 'A' }, K: { apiKey: 'K' } } }, [
      at('A', 100, 3),
      at('A', 900, 5),
      at('K', 950, 40),
      at('A', 1100, 7),
      at('A', 1200, 90, Outcome.limited),
      at('A', 1300, 90, Outcome.unknown),
    ])
    const ofA = latencySample(history, (descriptor) => descriptor === 'A')
    expect(Array.from(ofA.valuesUs)).toEqual([3000, 5000, 7000])
    expect(ofA.seconds.map(({ values }) => Array.from(values))).toEqual([[0, 1], [2]])
    expect(latencySample(history).count).toBe(4)
  })
})

describe('drawing a run again', () => {
  it('keeps neighbours together: a block as long as the run is the run itself', () => {
    const sample = sampleOf([[10, 20], [30], [40, 50, 60]])
    const [drawn] = resampledPercentiles(sample, [50], 3, 20, seededRandom(1))
    expect(new Set(drawn)).toEqual(new Set([Math.log(30)]))
  })

  it('gives every percentile what it gives alone, and the spread that theory gives', () => {
    const random = seededRandom(5)
    const values = Array.from({ length: 400 }, () => [1 + Math.floor(random() * 100_000)])
    const sample = sampleOf(values)
    const both = resampledPercentiles(sample, [90, 50], 1, 3_000, seededRandom(9))
    const [alone] = resampledPercentiles(sample, [50], 1, 3_000, seededRandom(9))
    expect(both[1]).toEqual(alone)
    // The median of n uniform values has a standard deviation of about width / (2 √n).
    const medians = Array.from(alone as Float64Array, Math.exp)
    const mean = medians.reduce((sum, x) => sum + x, 0) / medians.length
    const deviation = Math.sqrt(medians.reduce((sum, x) => sum + (x - mean) ** 2, 0) / medians.length)
    expect(deviation).toBeGreaterThan(100_000 / 40 / 1.6)
    expect(deviation).toBeLessThan((100_000 / 40) * 1.6)
  })
})

describe('change points', () => {
  it('have the sharpness that its definition gives', () => {
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
    const pairs = (values: readonly number[]) =>
      values.flatMap((one, i) => values.slice(i + 1).map((other) => Math.abs(one - other)))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 12 }), (series) => {
        const sharpness = splitSharpness(series)
        for (let at = 2; at <= series.length - 2; at++) {
          const left = series.slice(0, at)
          const right = series.slice(at)
          const across = mean(left.flatMap((one) => right.map((other) => Math.abs(one - other))))
          const value = 2 * across - mean(pairs(left)) - mean(pairs(right))
          expect(sharpness[at]).toBeCloseTo(((left.length * right.length) / series.length) * value, 8)
        }
      }),
    )
  })

  it('lie where a level that nothing disturbs changes, and nowhere in a constant one', () => {
    const options = { alpha: 0.05, permutations: 499, random: seededRandom(3) }
    const step = [...new Array(10).fill(5), ...new Array(8).fill(9)]
    expect(changePoints(step, options)).toEqual([{ at: 10, p: 1 / 500 }])
    expect(changePoints(new Array(20).fill(5), options)).toEqual([])
    expect(changePoints([1, 9, 1, 9, 9], options)).toEqual([])
    expect(sharpestSplit(new Array(2 * leastPart - 1).fill(1))).toBeUndefined()
  })

  it('are seldom found where there are none', () => {
    const random = seededRandom(17)
    let alarms = 0
    for (let k = 0; k < 200; k++) {
      const series = Array.from({ length: 20 }, () => random() + random() + random())
      if (changePoints(series, { alpha: 0.05, permutations: 199, random }).length > 0) alarms++
    }
    // 200 series of which each has a chance of 5 %: more than 25 happen once in a million times.
    expect(alarms).toBeLessThanOrEqual(25)
    expect(alarms).toBeGreaterThan(0)
  })
})
