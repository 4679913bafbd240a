import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import {
  type Load,
  type LoadStage,
  type ProfileName,
  profileOf,
  profiles,
  requestCount,
  scheduleOf,
  storm,
} from '../../lib/plan/index.ts'

const durationOf = (stages: LoadStage[]) => stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
const scheduled = (stages: LoadStage[]) => {
  const load: Load = { descriptors: ['A'], stages, arrivals: 'even', seed: 1, startMs: 0, maxInFlight: 1 }
  return scheduleOf(load)
}
const rate = fc.double({ min: 0.1, max: 5_000, noNaN: true })
const duration = fc.integer({ min: 100, max: 3_600_000 })

describe('a profile', () => {
  it.each(Object.keys(profiles) as ProfileName[])(
    '%s takes as long as it is told to, at rates from 0',
    (name) => {
      fc.assert(
        fc.property(rate, duration, (ratePerSecond, durationMs) => {
          const stages = profiles[name](ratePerSecond, durationMs)
          expect(durationOf(stages)).toBeCloseTo(durationMs, 6)
          for (const stage of stages) {
            expect(stage.durationMs).toBeGreaterThan(0)
            expect(Math.min(stage.fromPerSecond, stage.toPerSecond)).toBeGreaterThanOrEqual(0)
          }
        }),
      )
    },
  )

  it('sends what its shape adds up to', () => {
    const count = (name: ProfileName, durationMs = 100_000) =>
      requestCount({ stages: profiles[name](10, durationMs) })
    expect(count('steady')).toBe(1_000)
    expect(count('ramp')).toBe(500)
    expect(count('spike')).toBe(0.8 * 1_000 + 0.2 * 5_000)
    expect(count('storm')).toBe(1_200)
    expect(count('soak')).toBe(975)
    // An hour's soak has risen after a minute.
    expect(count('soak', 3_600_000)).toBe(36_000 - 300)
  })

  it('has its spike in the middle, from one moment to the next', () => {
    const schedule = scheduled(profiles.spike(10, 10_000))
    const within = (fromMs: number, toMs: number) => schedule.filter((ms) => ms >= fromMs && ms < toMs).length
    expect([within(0, 4_000), within(4_000, 6_000), within(6_000, 10_000)]).toEqual([40, 100, 40])
  })

  it('has every source of a storm send within a moment, also where there is little time', () => {
    fc.assert(
      fc.property(
        rate,
        duration,
        fc.integer({ min: 1, max: 1_000 }),
        (ratePerSecond, durationMs, sources) => {
          const calm = (ratePerSecond * durationMs) / 1000
          const stages = storm({ sources, withinMs: 500 })(ratePerSecond, durationMs)
          expect(Math.abs(requestCount({ stages }) - calm - sources)).toBeLessThanOrEqual(0.5 + 1e-6 * calm)
          expect(stages[1]?.durationMs).toBeLessThanOrEqual(500)
        },
      ),
    )
  })
})

describe('the profile of a recorded history', () => {
  const recorded = (sentMs: readonly number[]) =>
    historyFromRecords(
      { descriptors: { A: {} } },
      sentMs.map((ms) => ({
        descriptor: 'A',
        sentUs: 1000 * ms,
        receivedUs: 1000 * ms + 5,
        outcome: Outcome.accepted,
      })),
    )

  it('has the rate of each span, spans alike together, and nothing where nothing came', () => {
    const history = recorded([7_000, 5_000, 5_100, 5_999, 6_000, 6_500, 6_600, 12_345])
    expect(profileOf(history, 1, 1_000)).toEqual([
      { durationMs: 2_000, fromPerSecond: 3, toPerSecond: 3 },
      { durationMs: 1_000, fromPerSecond: 1, toPerSecond: 1 },
      { durationMs: 4_000, fromPerSecond: 0, toPerSecond: 0 },
      { durationMs: 1_000, fromPerSecond: 1, toPerSecond: 1 },
    ])
    expect(profileOf(history, 2.5, 10_000)).toEqual([
      { durationMs: 10_000, fromPerSecond: 2, toPerSecond: 2 },
    ])
    expect(profileOf(recorded([]), 1, 1_000)).toEqual([])
  })

  it('keeps how many there were, and how many up to each instant, times the factor', () => {
    const drawn = fc.record({
      sentMs: fc.array(fc.integer({ min: -5_000, max: 20_000 }), { minLength: 1, maxLength: 100 }),
      factor: fc.double({ min: 0.5, max: 20, noNaN: true }),
      binMs: fc.integer({ min: 50, max: 10_000 }),
    })
    fc.assert(
      fc.property(drawn, ({ sentMs, factor, binMs }) => {
        const stages = profileOf(recorded(sentMs), factor, binMs)
        expect(Math.abs(requestCount({ stages }) - factor * sentMs.length)).toBeLessThanOrEqual(0.5 + 1e-6)
        const firstMs = Math.min(...sentMs)
        const schedule = scheduled(stages)
        const edges = Array.from(
          { length: Math.round(durationOf(stages) / binMs) },
          (_, k) => (k + 1) * binMs,
        )
        const apart = edges.map((edgeMs) => {
          const before = sentMs.filter((ms) => ms - firstMs < edgeMs).length
          const again = schedule.filter((ms) => ms < edgeMs).length
          return Math.abs(again - factor * before)
        })
        // Evenly spaced requests are up to one apart from the area under the rate, at either end.
        expect(Math.max(...apart)).toBeLessThanOrEqual(1.001)
      }),
    )
  })

  it('is not made with a span or a factor of nothing', () => {
    expect(() => profileOf(recorded([1]), 0, 1)).toThrow(RangeError)
    expect(() => profileOf(recorded([1]), 1, 0)).toThrow(RangeError)
  })
})
