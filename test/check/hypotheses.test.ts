import { describe, expect, it } from 'vitest'
import { describeHypothesis, hypotheses, type Surroundings } from '../../lib/check/evidence/hypothesis.ts'
import { type Limit, specSchema } from '../../lib/spec/index.ts'

function specOf(rules: Record<string, unknown>): Limit {
  const { limits } = specSchema.parse({
    limits: [{ name: 'one', scope: 'key', limit: 3, window: '1s', ...rules }],
  })
  return limits[0] as Limit
}

const alone: Surroundings = { earlier: false, later: false, equalCosts: true }

/** What a limit can be, each in words without its numbers. */
function listed(rules: Record<string, unknown>, surroundings: Partial<Surroundings> = {}): string[] {
  const all = hypotheses(specOf(rules), { ...alone, ...surroundings })
  return all.map((one) => describeHypothesis(one).replace(', 3 in 1000 ms', ''))
}

describe('what a limit can be', () => {
  it('is each algorithm that the spec allows, a sliding counter rounding either way', () => {
    const free = { limitedRequests: 'free' }
    expect(listed(free)).toEqual([
      'fixed-window',
      'first-hit-window',
      'sliding-log',
      'sliding-counter, rounding down',
      'sliding-counter, rounding up',
    ])
    expect(listed({ ...free, algorithm: ['gcra', 'token-bucket'] })).toEqual(['gcra', 'token-bucket'])
  })

  it('counts its refusals or not, where that can be told apart', () => {
    const log = { algorithm: 'sliding-log' }
    expect(listed(log)).toEqual(['sliding-log', 'sliding-log, refused requests counted'])
    expect(listed({ ...log, limitedRequests: 'counted' })).toEqual(['sliding-log, refused requests counted'])
    // A window that is full stays full, but a cheaper request might have fitted.
    for (const algorithm of ['fixed-window', 'first-hit-window']) {
      expect(listed({ algorithm })).toEqual([algorithm])
      expect(listed({ algorithm }, { equalCosts: false })).toEqual([
        algorithm,
        `${algorithm}, refused requests counted`,
      ])
    }
  })

  it('is charged for what others refuse or not, or only for those after it, where there are any', () => {
    const log = { algorithm: 'sliding-log', limitedRequests: 'free' }
    const [free, earlier, counted] = ['', 'earlier', 'counted'].map((rule) =>
      rule ? `sliding-log, charged when another limit refuses (${rule})` : 'sliding-log',
    )
    expect(listed(log)).toEqual([free])
    expect(listed(log, { earlier: true })).toEqual([free, counted])
    expect(listed(log, { later: true })).toEqual([free, counted])
    expect(listed(log, { earlier: true, later: true })).toEqual([free, earlier, counted])
    const told = { ...log, chargedWhenRefused: 'earlier' }
    expect(listed(told)).toEqual([free])
    expect(listed(told, { later: true })).toEqual([earlier])
  })

  it('is refilled as often as the spec says, and less often where its window is supposed to be longer', () => {
    const spec = specOf({ algorithm: 'token-bucket', refillEvery: '250ms', limitedRequests: 'free' })
    const ticks = (windowUs?: number) =>
      hypotheses(spec, alone, 4, windowUs).map(({ limit, ...one }) => [limit, one.windowUs, one.refillTickUs])
    expect(ticks()).toEqual([[4, 1_000_000, 250_000]])
    expect(ticks(2_000_000)).toEqual([[4, 2_000_000, 500_000]])
    expect(ticks(1_000_003)).toEqual([[4, 1_000_003, 250_001]])
  })
})
