import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Plan, underCeiling } from '../../lib/plan/index.ts'
import { documentedSpec, planOf } from '../simulation/oncall.ts'
import { simulateRun } from '../simulation/simulate.ts'

const plan = planOf(documentedSpec())
const under = (requests?: number, ratePerSecond?: number): Plan => {
  const made = underCeiling(plan, { requests, ratePerSecond })
  if (!made.ok) throw new Error(made.why.join('; '))
  return made.plan
}
const why = (requests?: number, ratePerSecond?: number): string[] => {
  const made = underCeiling(plan, { requests, ratePerSecond })
  return made.ok ? [] : made.why
}

describe('a plan under a ceiling', () => {
  it('stays as it is where nothing was set', () => {
    expect(under()).toBe(plan)
  })

  it('never has more requests or a higher rate, whatever is set, or is refused', () => {
    const requests = fc.option(fc.integer({ min: 1, max: 12_000 }), { nil: undefined })
    const rate = fc.option(fc.double({ min: 1, max: 1_500, noNaN: true }), { nil: undefined })
    let made = 0
    fc.assert(
      fc.property(requests, rate, (most, ratePerSecond) => {
        const capped = underCeiling(plan, { requests: most, ratePerSecond })
        if (!capped.ok) {
          expect(capped.why.length).toBeGreaterThan(0)
          return
        }
        made++
        const { fills, watches, maxRequests, maxRatePerSecond } = capped.plan
        const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0)
        const sent = sum(fills.map(({ count }) => count)) + sum(watches.map((watch) => watch.maxRequests))
        expect(sent).toBeLessThanOrEqual(most ?? plan.maxRequests)
        expect(sent).toBe(maxRequests)
        if (ratePerSecond === undefined) return
        expect(fills).toEqual([])
        // What a conductor lets through: whole requests, of each watch for itself.
        const rates = watches.map((watch) =>
          Math.max(1, Math.floor(watch.maxRatePerSecond ?? maxRatePerSecond)),
        )
        expect(sum(rates)).toBeLessThanOrEqual(ratePerSecond)
        for (const { gauges } of watches) {
          for (const gauge of gauges) expect(gauge.ratePerSecond).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
    expect(made).toBeGreaterThan(20)
  })

  it('says how much is needed at least, and that much suffices', () => {
    const [requests = '', more] = why(50)
    expect(more).toBeUndefined()
    expect(requests).toMatch(/^ceiling\.requests: expected \d+ at least/)
    const [rate = ''] = why(undefined, 3)
    expect(rate).toMatch(/^ceiling\.ratePerSecond: expected \d+ at least/)
    expect(why(50, 3)).toHaveLength(2)
    const needed = (words: string) => Number(/expected (\d+)/.exec(words)?.[1])
    expect(why(needed(requests), needed(rate))).toEqual([])
    expect(why(needed(requests) - 1)).toHaveLength(1)
    expect(why(undefined, needed(rate) - 1)).toHaveLength(1)
  })

  it('is still filled to every onset', () => {
    const history = simulateRun(under(9_000, 450), { limits: [], namesRefuser: true, latencyMs: () => 1 }, 1)
    const sentFor = (name: string) => {
      const index = history.descriptors.findIndex((each) => each.name === name)
      return history.descriptor.filter((each) => each === index).length
    }
    expect(sentFor('A')).toBeGreaterThan(300)
    expect(sentFor('K')).toBeGreaterThan(300)
    expect(history.count).toBeLessThanOrEqual(9_000)
  })
})
