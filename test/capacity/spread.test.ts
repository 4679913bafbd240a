import { describe, expect, it } from 'vitest'
import { needsOf, unlimitedPerSecond } from '../../lib/capacity/index.ts'

const limits = [
  { name: 'each', scope: 'integration', limit: 300, window: 300_000 },
  { name: 'all', scope: 'organization', limit: 500, window: 300_000 },
  { name: 'key', scope: 'apiKey', limit: 300, window: 300_000 },
]
const alerts = (count: number) =>
  Array.from({ length: count }, (_, k) => ({ scopes: { integration: `A${k}`, organization: 'o' } }))

describe('the spread of a load', () => {
  it('says how many values each limit asks for, with a fifth left free', () => {
    const needs = needsOf(limits, alerts(2), { ratePerSecond: 4, requests: 1_000_000 })
    expect(needs).toEqual([
      { limit: 'each', scope: 'integration', needed: 5, has: 2 },
      { limit: 'all', scope: 'organization', needed: 3, has: 1 },
    ])
  })

  it('needs no more than the requests of the whole run', () => {
    const [each] = needsOf(limits, alerts(1), { ratePerSecond: 1_000, requests: 240 })
    expect(each).toMatchObject({ needed: 1, has: 1 })
  })

  it('counts values that get more than their part as fewer', () => {
    const uneven = [{ scopes: { apiKey: 'K' } }, { scopes: { apiKey: 'K' } }, { scopes: { apiKey: 'L' } }]
    expect(needsOf(limits, uneven, { ratePerSecond: 1, requests: 1e6 })[0]).toMatchObject({ has: 1 })
  })

  it('knows the rate up to which nothing is refused', () => {
    expect(unlimitedPerSecond(limits, alerts(10))).toBeCloseTo((500 * 0.8) / 300, 3)
    expect(unlimitedPerSecond([], alerts(1))).toBe(Number.POSITIVE_INFINITY)
  })
})
