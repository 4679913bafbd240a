import { describe, expect, it } from 'vitest'
import { specInEffect, specText, writtenIn } from '../../lib/run/index.ts'
import { parseSpec, type Spec } from '../../lib/spec/index.ts'

const env = { ONCALL_API_KEY: 'a-very-secret-key', INGEST: 'ingest.example.org', SETUP_KEY: 'a-second-key' }

function parsed(text: string): Spec {
  const spec = parseSpec(text, { file: 'spec.yaml', env })
  if (!spec.ok) throw new Error(JSON.stringify(spec.mistakes))
  return spec.spec
}

const full = `
target:
  url: [https://one.example.org, https://two.example.org]
  ingestUrl: https://\${INGEST}
  apiKey: Bearer \${ONCALL_API_KEY}
  dedicated: true
limits:
  - {name: "alerts: per integration", scope: integration, limit: 300, window: 5m}
  - {name: '# odd', scope: apiKey, limit: 7, window: 1.5s, algorithm: [gcra], tolerance: 10%,
     limitedRequests: free, chargedWhenRefused: earlier, foreignTraffic: possible, startsEmpty: false,
     serverClock: 1s}
  - {name: refilled, scope: organization, limit: 20, window: 4s, algorithm: token-bucket, refillEvery: 1s}
outcomes: {accepted: [2xx, 304], limited: 503}
clockDriftPpm: 50
`

describe('the text of a spec', () => {
  it('parses to the same spec', () => {
    const spec = parsed(full)
    expect(parsed(specText(spec, writtenIn(full)))).toEqual(spec)
  })

  it('keeps what is said of OnCall, both keys as they were written', () => {
    const text = full.replace(
      '  dedicated: true',
      `  setupKey: \${SETUP_KEY}
  stackUrl: https://stack.example.org
  integrations: [C1, C2]
  detailsUrl: https://wiki.example.org/load`,
    )
    const spec = parsed(text)
    const written = specText(spec, writtenIn(text))
    expect(parsed(written)).toEqual(spec)
    expect(written).toContain('setupKey: ${SETUP_KEY}')
    expect(written).not.toContain(env.SETUP_KEY)
  })

  it('keeps the keys of others as they were written', () => {
    const text = full.replace(
      '  dedicated: true',
      `  otherKeys: {sameUser: "\${SETUP_KEY}", otherOrganization: "Bearer \${ONCALL_API_KEY}"}
  loadKeys: [{apiKey: "\${SETUP_KEY}", organization: beta}]`,
    )
    const spec = parsed(text)
    const written = specText(spec, writtenIn(text))
    expect(parsed(written)).toEqual(spec)
    for (const key of [env.SETUP_KEY, env.ONCALL_API_KEY]) expect(written).not.toContain(key)
    // Whoever judges a run again need not have its keys.
    expect(
      parseSpec(written, { file: 'spec.yaml', env: { INGEST: env.INGEST }, offline: true }),
    ).toMatchObject({
      ok: true,
    })
  })

  it('is the same for a spec without a target', () => {
    const spec = parsed('limits: [{name: n, scope: integration, limit: 1, window: 333ms}]')
    expect(parsed(specText(spec))).toEqual(spec)
  })

  it('has the key as it was written, and never what it stands for', () => {
    const text = specText(parsed(full), writtenIn(full))
    expect(text).toContain('apiKey: Bearer $')
    expect(text).not.toContain(env.ONCALL_API_KEY)
    expect(specText(parsed(full))).not.toContain(env.ONCALL_API_KEY)
  })
})

describe('the text of a spec for any API', () => {
  const text = `
target:
  kind: http
  url: http://127.0.0.1:9
  request: {method: POST, path: "/a?key=\${ONCALL_API_KEY}", headers: {accept: a/b}, body: '{request}'}
  callers: [{name: one, scopes: {client: c}, headers: {authorization: "Bearer \${ONCALL_API_KEY}"}}]
  limitedBy: {json: error.scope, scopes: {short: client}}
limits: [{name: n, scope: client, limit: 1, window: 1s}]
`

  it('parses to the same spec, and has what callers send as it was written', () => {
    const spec = parsed(text)
    const written = specText(spec, writtenIn(text))
    expect(parsed(written)).toEqual(spec)
    expect(written).not.toContain(env.ONCALL_API_KEY)
    expect(written).toContain('Bearer $')
  })

  it('takes no scope for one of its own, whatever that is called', () => {
    const dedicated = text
      .replaceAll('client', 'integration')
      .replace('request:', 'dedicated: true\n  request:')
    expect(specInEffect(parsed(dedicated), dedicated, true).quietMs).toBe(3_000)
    expect(specInEffect(parsed(dedicated), dedicated, false).spec.limits[0]?.startsEmpty).toBe(false)
  })
})

describe('the spec in effect', () => {
  const limits = `limits:
  - {name: i, scope: integration, limit: 3, window: 1m}
  - {name: o, scope: organization, limit: 5, window: 2m, algorithm: fixed-window}
  - {name: k, scope: apiKey, limit: 3, window: 5m}
`
  const at = (dedicated: boolean) =>
    `target: {url: "http://127.0.0.1:9", apiKey: "\${ONCALL_API_KEY}", dedicated: ${dedicated}}\n${limits}`
  const effect = (text: string, wait = true) => {
    const { spec, quietMs } = specInEffect(parsed(text), text, wait)
    return {
      quietMs,
      limits: spec.limits.map(({ name, startsEmpty, foreignTraffic }) => ({
        name,
        startsEmpty,
        foreignTraffic,
      })),
    }
  }

  it('is the spec itself for the embedded target', () => {
    const spec = parsed(limits)
    expect(specInEffect(spec, limits, true)).toEqual({ spec, quietMs: 0 })
  })

  it('takes the organization and the key of a dedicated target for empty after two silent windows', () => {
    expect(effect(at(true))).toEqual({
      quietMs: 601_000,
      limits: [
        { name: 'i', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'o', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'k', startsEmpty: true, foreignTraffic: 'none' },
      ],
    })
  })

  it('takes no bucket for full after a silence that refused requests may have taken from', () => {
    const bucketed = (rules: string) => {
      const text = at(true).replace('algorithm: fixed-window', `algorithm: gcra, ${rules}`)
      const { limits: found, quietMs } = effect(text.replace(/ {2}- \{name: k.*\n/, ''))
      return [found[1]?.startsEmpty, quietMs]
    }
    expect(bucketed('limitedRequests: either')).toEqual([false, 0])
    expect(bucketed('limitedRequests: free')).toEqual([false, 0])
    expect(bucketed('limitedRequests: free, chargedWhenRefused: free')).toEqual([true, 121_000])
    expect(bucketed('limitedRequests: counted, startsEmpty: true')).toEqual([true, 0])
  })

  it('does not take integrations that it names for unused either', () => {
    const named = (text: string) => effect(text.replace('dedicated', 'integrations: [C1], dedicated'))
    expect(named(at(true))).toMatchObject({
      quietMs: 601_000,
      limits: [{ name: 'i', startsEmpty: true, foreignTraffic: 'none' }, {}, {}],
    })
    expect(named(at(false)).limits[0]).toMatchObject({ name: 'i', foreignTraffic: 'possible' })
    const alone = at(true)
      .replace(/ {2}- \{name: [ok].*\n/g, '')
      .replace('dedicated', 'integrations: [C1], dedicated')
    expect(effect(alone)).toMatchObject({ quietMs: 121_000, limits: [{ name: 'i', startsEmpty: true }] })
    expect(effect(alone, false)).toMatchObject({ quietMs: 0, limits: [{ name: 'i', startsEmpty: false }] })
  })

  it('does not take them for empty where nobody waits', () => {
    expect(effect(at(true), false)).toEqual({
      quietMs: 0,
      limits: [
        { name: 'i', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'o', startsEmpty: false, foreignTraffic: 'none' },
        { name: 'k', startsEmpty: false, foreignTraffic: 'none' },
      ],
    })
  })

  it('reckons with others at a target that is not dedicated, without waiting for them', () => {
    expect(effect(at(false))).toEqual({
      quietMs: 0,
      limits: [
        { name: 'i', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'o', startsEmpty: true, foreignTraffic: 'possible' },
        { name: 'k', startsEmpty: true, foreignTraffic: 'possible' },
      ],
    })
  })

  it('keeps what the spec says itself', () => {
    const said = at(false)
      .replace('limit: 5,', 'limit: 5, startsEmpty: true, foreignTraffic: none,')
      .replace('scope: apiKey,', 'scope: apiKey, foreignTraffic: none,')
    expect(effect(said)).toEqual({
      quietMs: 601_000,
      limits: [
        { name: 'i', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'o', startsEmpty: true, foreignTraffic: 'none' },
        { name: 'k', startsEmpty: true, foreignTraffic: 'none' },
      ],
    })
    const fixed = at(true).replace('scope: apiKey,', 'scope: apiKey, startsEmpty: true,')
    expect(effect(fixed).quietMs).toBe(121_000)
  })
})
