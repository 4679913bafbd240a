import { describe, expect, it } from 'vitest'
import { spreadLoad } from '../../lib/cli/capacity/capacity-traffic.ts'
import { loadKeysOf } from '../../lib/run/index.ts'
import { documentedOncallLimits, parseSpec } from '../../lib/spec/index.ts'

const limits = [...documentedOncallLimits]
const keys = loadKeysOf([
  { apiKey: 'b', organization: 'second' },
  { apiKey: 'c' },
  { apiKey: 'd', organization: 'third' },
  { apiKey: 'e', organization: 'fourth' },
])
/** A rate at which so many organizations are needed, with a fifth of each limit left free. */
const takingOrganizations = (count: number) => ({
  ratePerSecond: (count * 500 * 0.8) / 300,
  requests: 1_000_000,
})

describe('the load of a capacity', () => {
  it('goes to no more organizations than it takes, and evenly to these', () => {
    const spread = spreadLoad({ limits }, 'alerts', 1, takingOrganizations(3), keys)
    if (!spread.ok) throw new Error(spread.why.join('\n'))
    const { descriptors, loadKeys, needs } = spread.spread
    expect(loadKeys.map(({ descriptor }) => descriptor)).toEqual(['K2', 'K4'])
    const counts = Map.groupBy(descriptors, ({ scopes }) => scopes.organization)
    expect([...counts].map(([name, each]) => [name, each.length])).toEqual([
      ['organization', 2],
      ['second', 2],
      ['third', 2],
    ])
    expect(needs.map(({ needed, has }) => [needed, has])).toEqual([
      [5, 6],
      [3, 3],
    ])
  })

  it('of alerts and requests gives each organization and each key its part', () => {
    // Half of the load are alerts: three organizations, and four keys of 300 requests in 5 minutes.
    const { ratePerSecond, requests } = takingOrganizations(3)
    const twice = { ratePerSecond: 1.9 * ratePerSecond, requests }
    const spread = spreadLoad({ limits }, 'both', 1, twice, keys)
    if (!spread.ok) throw new Error(spread.why.join('\n'))
    const { descriptors, needs } = spread.spread
    expect(needs.map(({ scope, needed, has }) => [scope, needed <= has])).toEqual([
      ['integration', true],
      ['organization', true],
      ['apiKey', true],
    ])
    const lists = Map.groupBy(
      descriptors.filter(({ kind }) => kind === 'list'),
      ({ name }) => name,
    )
    expect(new Set([...lists.values()].map(({ length }) => length)).size).toBe(1)
  })

  it('says how many keys and organizations are missing', () => {
    const alerts = spreadLoad({ limits }, 'alerts', 1, takingOrganizations(7), keys)
    expect(alerts).toMatchObject({ ok: false })
    const requests = spreadLoad({ limits }, 'requests', 1, { ratePerSecond: 8, requests: 1e6 }, keys)
    expect(requests).toMatchObject({
      ok: false,
      why: [
        '--max-rate: at 8/s the limit "API requests per API key" would refuse: the load takes 10 values of apiKey, and there are 5.',
        expect.stringContaining('Up to 4/s nothing is refused'),
      ],
    })
  })

  it('stays in one organization where the spec names integrations', () => {
    const text = `target: {url: "https://oncall.example.org", apiKey: "\${KEY}", integrations: [CA, CB, CC, CD]}
limits: [{name: all, scope: organization, limit: 500, window: 5m}]
`
    const parsed = parseSpec(text, { file: 's.yaml', env: { KEY: 'a' } })
    if (!parsed.ok) throw new Error('the spec does not parse')
    const spread = spreadLoad(parsed.spec, 'alerts', 1, takingOrganizations(2), keys)
    expect(spread).toMatchObject({
      ok: false,
      why: [expect.stringContaining('and there is 1'), expect.any(String)],
    })
  })
})
