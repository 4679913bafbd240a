import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busiestSecond, endOfLoadMs, type Load, requestCount, scheduleOf } from '../../lib/plan/index.ts'

const loadOf = (parts: Partial<Load>): Load => ({
  descriptors: ['A'],
  stages: [],
  arrivals: 'even',
  seed: 1,
  startMs: 0,
  maxInFlight: 100,
  ...parts,
})
const stage = fc.record({
  durationMs: fc.integer({ min: 1, max: 5_000 }),
  fromPerSecond: fc.integer({ min: 0, max: 100 }),
  toPerSecond: fc.integer({ min: 0, max: 100 }),
})
const anyLoad = fc
  .record({
    stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
    arrivals: fc.constantFrom('even' as const, 'poisson' as const),
    seed: fc.nat(),
    startMs: fc.nat(10_000),
  })
  .map(loadOf)

describe('the schedule of a load', () => {
  it('has as many requests as its rates add up to, in order, within its stages', () => {
    fc.assert(
      fc.property(anyLoad, (load) => {
        const schedule = scheduleOf(load)
        expect(schedule.length).toBe(requestCount(load))
        expect(schedule.every((dueMs, k) => k === 0 || dueMs >= (schedule[k - 1] as number))).toBe(true)
        if (schedule.length === 0) return
        expect(schedule[0]).toBeGreaterThanOrEqual(load.startMs)
        expect(schedule.at(-1)).toBeLessThanOrEqual(endOfLoadMs(load) + 1e-6)
      }),
    )
  })

  it('is evenly spaced where that is asked for', () => {
    const stages = [{ durationMs: 1_000, fromPerSecond: 10, toPerSecond: 10 }]
    const expected = [105, 205, 305, 405, 505, 605, 705, 805, 905, 1005].map((ms) => ms - 55 + 2_000)
    const schedule = [...scheduleOf(loadOf({ stages, startMs: 2_000 }))]
    for (const [k, dueMs] of schedule.entries()) expect(dueMs).toBeCloseTo(expected[k] as number, 9)
  })

  it('follows a rate that rises, stands still, and falls to nothing', () => {
    const stages = [
      { durationMs: 10_000, fromPerSecond: 0, toPerSecond: 100 },
      { durationMs: 3_000, fromPerSecond: 0, toPerSecond: 0 },
      { durationMs: 2_000, fromPerSecond: 100, toPerSecond: 0 },
    ]
    const schedule = scheduleOf(loadOf({ stages }))
    const within = (fromMs: number, toMs: number) =>
      schedule.filter((dueMs) => dueMs >= fromMs && dueMs < toMs).length
    // The area under the rate: t² · 5 on the way up, 100 · t − 25 · t² on the way down.
    expect(within(0, 5_000)).toBe(125)
    expect(within(5_000, 10_000)).toBe(375)
    expect(within(10_000, 13_000)).toBe(0)
    expect(within(13_000, 14_000)).toBe(75)
    expect(within(14_000, 15_001)).toBe(25)
  })

  it('depends on the seed where it is drawn, and on nothing else', () => {
    const stages = [{ durationMs: 5_000, fromPerSecond: 20, toPerSecond: 60 }]
    const drawn = (seed: number) => scheduleOf(loadOf({ stages, seed, arrivals: 'poisson' }))
    expect(drawn(7)).toEqual(drawn(7))
    expect(drawn(7)).not.toEqual(drawn(8))
    const even = (seed: number) => scheduleOf(loadOf({ stages, seed }))
    expect(even(7)).toEqual(even(8))
  })

  it('is Poisson where it is drawn: counts vary as much as they are large, and gaps are exponential', () => {
    const stages = [{ durationMs: 400_000, fromPerSecond: 50, toPerSecond: 50 }]
    const schedule = scheduleOf(loadOf({ stages, arrivals: 'poisson', seed: 42 }))
    const bins = new Array<number>(4_000).fill(0)
    for (const dueMs of schedule) bins[Math.floor(dueMs / 100)] = (bins[Math.floor(dueMs / 100)] ?? 0) + 1
    const variance = bins.reduce((sum, count) => sum + (count - 5) ** 2, 0) / bins.length
    // The index of dispersion of 4,000 bins has a standard error of sqrt(2 / 4,000) = 0.022.
    expect(Math.abs(variance / 5 - 1)).toBeLessThan(0.1)

    const gaps = [...schedule].slice(1).map((dueMs, k) => dueMs - (schedule[k] as number))
    const exponential = (ms: number) => 1 - Math.exp(-ms / 20)
    const furthest = gaps
      .sort((a, b) => a - b)
      .reduce((most, gap, k) => Math.max(most, Math.abs(exponential(gap) - k / gaps.length)), 0)
    // Kolmogorov and Smirnov: beyond 1.95 / sqrt(n) in one of a thousand draws.
    expect(furthest).toBeLessThan(1.95 / Math.sqrt(gaps.length))
  })

  it('gives every instant its share of a drawn ramp', () => {
    const stages = [{ durationMs: 100_000, fromPerSecond: 0, toPerSecond: 200 }]
    const schedule = scheduleOf(loadOf({ stages, arrivals: 'poisson', seed: 5 }))
    const furthest = [...schedule].reduce(
      (most, dueMs, k) => Math.max(most, Math.abs((dueMs / 100_000) ** 2 - k / schedule.length)),
      0,
    )
    expect(furthest).toBeLessThan(1.95 / Math.sqrt(schedule.length))
  })
})

describe('the busiest second', () => {
  it('is the most that any window of a second holds', () => {
    expect(busiestSecond(Float64Array.of())).toBe(0)
    expect(busiestSecond(Float64Array.of(0, 1_000, 1_001, 1_999, 2_000))).toBe(3)
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 40 }), (times) => {
        const schedule = Float64Array.from(times).sort()
        const counts = [...schedule].map(
          (fromMs) => schedule.filter((ms) => ms >= fromMs && ms < fromMs + 1_000).length,
        )
        expect(busiestSecond(schedule)).toBe(Math.max(0, ...counts))
      }),
    )
  })
})
