import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseSpec } from '../../lib/spec/index.ts'
import {
  type CandidateLimit,
  emptyDemand,
  replay,
  type Setting,
  settingsOf,
  specWith,
  withoutTarget,
} from '../../lib/tune/index.ts'
import { seeded } from '../simulation/simulate.ts'

const limit = (scope: string, most: number, windowMs: number): CandidateLimit => ({
  name: scope,
  scope,
  limit: most,
  windowMs,
  algorithm: 'fixed-window',
  limitedRequests: 'free',
  chargedWhenRefused: 'free',
})
const platform = (limits: CandidateLimit[], name: string) =>
  settingsOf(limits).find((setting) => setting.platform.startsWith(name)) as Setting

describe('limits in the words of', () => {
  it('OnCall: what is documented, and no more', () => {
    const limits = [
      limit('integration', 150, 300_000),
      limit('organization', 750, 60_000),
      limit('apiKey', 9, 300_000),
    ]
    const { text, amountsTo, remarks } = platform(limits, 'Grafana OnCall')
    expect(JSON.parse(text.replace('CUSTOM_RATELIMITS=', ''))).toEqual({
      1: { integration: '150/5m', organization: '750/1m', public_api: '9/5m' },
    })
    expect(amountsTo).toBeUndefined()
    expect(remarks.join(' ')).toContain('Only windows of 5m are documented')
    expect(settingsOf([limit('caller', 1, 1_000)]).map(({ file }) => file)).not.toContain('oncall.env')
  })

  it.each([
    // As it is, at a shorter window, at a longer one where nothing would be left, rounded down.
    [100, 60_000, 'minute', 100],
    [300, 300_000, 'minute', 60],
    [4, 300_000, 'hour', 48],
    [5, 120_000, 'minute', 2],
    [7, 3_600_000, 'hour', 7],
    [10, 500, 'second', 20],
    [70, 604_800_000, 'week', 70],
  ])('Envoy: %i in %i ms', (most, windowMs, unit, perUnit) => {
    const { text, amountsTo } = platform([limit('client', most, windowMs)], 'Envoy')
    expect(parse(text).descriptors).toEqual([
      { key: 'client', rate_limit: { unit, requests_per_unit: perUnit } },
    ])
    expect(amountsTo?.[0]).toMatchObject({ algorithm: 'fixed-window', limit: perUnit })
  })

  it('Envoy: a key for each limit, since a key has one', () => {
    const scopes = ['client', 'client_2', 'client', 'client']
    const { text, remarks } = platform(
      scopes.map((scope) => limit(scope, 60, 60_000)),
      'Envoy',
    )
    const keys = parse(text).descriptors.map(({ key }: { key: string }) => key)
    expect(keys).toEqual(['client', 'client_2', 'client_3', 'client_4'])
    expect(remarks.join(' ')).toContain('client_3 has the same value as client: a key has one limit.')
    expect(remarks.join(' ')).toContain('one that a limit refuses uses up the others as well')
  })

  it('nginx: a token bucket that decides as its leaky bucket does', () => {
    const { text, amountsTo } = platform([limit('ip', 20, 10_000)], 'nginx')
    expect(text).toContain('limit_req_zone $binary_remote_addr zone=onset_1_ip:10m rate=2r/s;')
    expect(text).toContain('limit_req zone=onset_1_ip burst=19 nodelay;')
    const draw = seeded(7)
    const demand = emptyDemand([{ name: 'a', scopes: { ip: 'a' } }], 500)
    let atMs = 1_795_000_000_000
    // What nginx keeps: the excess over its rate in thousandths, 0 for the first request.
    let [excess, sinceMs, refused] = [-1_000_000, atMs, 0]
    for (let row = 0; row < demand.count; row++) {
      atMs += Math.floor(draw() * (row % 50 === 0 ? 5_000 : 300))
      demand.atUs[row] = atMs * 1000
      demand.cost[row] = 1
      const next = Math.max(0, excess - 2 * (atMs - sinceMs) + 1000)
      if (next > 19_000) refused++
      else [excess, sinceMs] = [next, atMs]
    }
    const [played] = replay(demand, [{ name: 'nginx', limits: amountsTo as CandidateLimit[], varied: 0 }])
    expect(refused).toBeGreaterThan(50)
    expect(played?.refused).toBe(refused)
  })

  it('nginx: the closest rate that it has', () => {
    const { text, remarks, amountsTo } = platform([limit('client', 100, 420_000)], 'nginx')
    expect(text).toContain('rate=14r/m')
    // 14 a minute are 233.3 thousandths of a request a second, of which nginx keeps 233.
    expect(remarks.join(' ')).toContain(
      'nginx has no rate of 100 in 7m: 14r/m, of which it makes 13.98 a minute, is 97.9 % of it.',
    )
    expect(amountsTo?.[0]?.windowMs).toBeCloseTo(100_000 / 0.233)
    const weekly = platform([limit('client', 7, 604_800_000)], 'nginx')
    expect(weekly.remarks.join(' ')).toContain(
      '1r/m, of which it makes 0.96 a minute, is 1382 times as much.',
    )
    const steady = platform([limit('client', 100, 420_000)], 'nginx').remarks.join(' ')
    const refilled = platform(
      [{ ...limit('client', 20, 4_000), algorithm: 'token-bucket', refillEveryMs: 1_000 }],
      'nginx',
    )
    expect(steady).not.toContain('drains all the time')
    expect(refilled.remarks.join(' ')).toContain('it drains all the time, and not every 1s.')
    expect(refilled.amountsTo?.[0]).not.toHaveProperty('refillEveryMs')
    // nginx refuses to start with a variable that it does not know, so that nobody forgets.
    expect(text).toContain('limit_req_zone $REPLACE_client ')
  })

  it('HAProxy: a sliding counter that counts what it refuses', () => {
    const { text, amountsTo } = platform([limit('integration', 150, 300_000)], 'HAProxy')
    expect(text).toContain('store http_req_rate(5m)')
    expect(text).toContain('deny_status 429 if { sc_http_req_rate(0) gt 150 }')
    expect(amountsTo?.[0]).toMatchObject({ algorithm: 'sliding-counter', limitedRequests: 'counted' })
  })
})

describe('a spec of what is recommended', () => {
  const written = `# ours
target: { kind: oncall, url: "https://oncall.example.org", apiKey: "\${KEY}" } # the old one
limits:
  - { name: each, scope: integration, limit: 300, window: 5m }
  - name: together # all of them
    scope: organization
    limit: 500
    window: 5m
    algorithm: [sliding-log]
`
  const limits = [
    { ...limit('integration', 150, 90_000), algorithm: 'sliding-log' as const },
    limit('organization', 750, 300_000),
  ]
  const allowed = [['fixed-window', 'sliding-log'], ['sliding-log']]
  const parsed = (text: string) => parseSpec(text, { file: 'spec.yaml', env: { KEY: 'k' } })

  it("is today's with other limits, and all else as it was", () => {
    const text = specWith(written, limits, allowed)
    expect(text).toContain('# ours')
    expect(text).toContain('# all of them')
    expect(text).toContain('${KEY}')
    expect(parsed(text)).toMatchObject({
      ok: true,
      spec: {
        target: { url: 'https://oncall.example.org' },
        limits: [
          {
            limit: 150,
            window: 90_000,
            algorithm: ['fixed-window', 'first-hit-window', 'sliding-log', 'sliding-counter'],
          },
          { limit: 750, window: 300_000, algorithm: ['fixed-window'] },
        ],
      },
    })
  })

  it('is verified on the embedded target without the target that it names', () => {
    const result = parsed(withoutTarget(specWith(written, limits, allowed)))
    expect(result.ok && result.spec.target).toBeUndefined()
    expect(result.ok).toBe(true)
  })
})
