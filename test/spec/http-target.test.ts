import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callersOf, formatMistakes, parseSpec, type Spec, secretsOf } from '../../lib/spec/index.ts'

const env = { ALICE_KEY: 'the-key-of-alice', BOB_KEY: 'the-key-of-bob', PAGE_KEY: 'the-key-in-a-path' }

const limits = `limits:
  - {name: per client, scope: client, limit: 10, window: 5s}
  - {name: per tenant, scope: tenant, limit: 25, window: 5s}
`
const whole = `target:
  kind: http
  url: http://127.0.0.1:3000
  request:
    method: POST
    path: /api/things?key=\${PAGE_KEY}
    headers: {accept: application/json}
    body: '{"id": "{request}"}'
  callers:
    - {name: alice, scopes: {client: alice, tenant: acme}, headers: {x-api-key: "\${ALICE_KEY}"}}
    - {name: bob, scopes: {client: bob, tenant: acme}, headers: {x-api-key: "Bearer \${BOB_KEY}"}, body: '{}'}
  limitedBy: {json: error.scope, scopes: {short: client}}
${limits}`

function parsed(text: string): Spec {
  const spec = parseSpec(text, { file: 'spec.yaml', env })
  if (!spec.ok) throw new Error(formatMistakes(spec.mistakes))
  return spec.spec
}

function mistakes(text: string, offline = false): string[] {
  const spec = parseSpec(text, { file: 'spec.yaml', env, offline })
  return spec.ok ? [] : formatMistakes(spec.mistakes).split('\n')
}

/** A target of kind http with these keys, before the limits. */
const withKeys = (keys: string) => `target: {kind: http, url: http://127.0.0.1:1, ${keys}}\n${limits}`

describe('a target of kind http', () => {
  it('says what is sent, by whom, and how a refusal names its limit', () => {
    const { target } = parsed(whole)
    expect(target).toMatchObject({
      kind: 'http',
      request: { method: 'POST', path: '/api/things?key=the-key-in-a-path' },
      callers: [
        { name: 'alice', headers: { 'x-api-key': 'the-key-of-alice' } },
        { name: 'bob', headers: { 'x-api-key': 'Bearer the-key-of-bob' }, body: '{}' },
      ],
      limitedBy: { json: 'error.scope', scopes: { short: 'client' } },
    })
  })

  it('has one caller where none is named, whom every limit counts', () => {
    const spec = parsed(`target: {kind: http, url: http://127.0.0.1:1}\n${limits}`)
    expect(callersOf(spec)).toEqual([
      { name: 'caller', scopes: { client: 'caller', tenant: 'caller' }, headers: {} },
    ])
  })

  it('knows its secrets: all that variables hold in header fields, paths and bodies', () => {
    expect(secretsOf(whole, env).toSorted()).toEqual(Object.values(env).toSorted())
    expect(secretsOf(limits.replace('per client', '"${PAGE_KEY}"'), env)).toEqual([])
  })
})

describe('mistakes in a target of kind http', () => {
  const caller = (more: string) => `callers: [{name: a, scopes: {client: a, tenant: t}, ${more}}]`
  it.each([
    [
      'apiKey: "${ALICE_KEY}"',
      'target: expected what a target of kind http has, found apiKey — a key is a header',
    ],
    ['request: {method: get}', 'target.request.method: expected one of GET, HEAD, POST'],
    ['request: {path: things}', 'target.request.path: expected a path such as /api/things?page=1'],
    ['request: {path: "/a#b"}', 'target.request.path: expected a path'],
    ['request: {verb: GET}', 'target.request: expected one of method, path, headers, body, found verb'],
    ['request: {body: x}', 'target.request.body: expected no body with GET, found one — write method: POST'],
    [caller('body: x'), 'target.callers[0].body: expected no body with GET, found one'],
    [
      'request: {headers: {x-api-key: hush-hush}}',
      'found a literal value — secrets only by environment variable: write x-api-key: ${API_KEY}',
    ],
    ['request: {headers: {Authorization: Bearer hush-hush}}', 'write Authorization: ${AUTHORIZATION}'],
    [
      'request: {path: "/a?b=c&api_key=hush-hush"}',
      'expected an environment variable as api_key, found a literal value',
    ],
    [
      'request: {headers: {Host: example.org}}',
      'expected a field that a request may set, found Host — leave host out',
    ],
    ['request: {headers: {accept: a, Accept: b}}', 'expected each header field once, found Accept'],
    [
      'request: {headers: {"a b": c}}',
      'target.request.headers: expected the name of a header field, found a…',
    ],
    ['callers: []', 'target.callers: expected at least one caller, found an empty list'],
    [
      'callers: [{name: a, scopes: {client: a, tenant: t}}, {name: a, scopes: {client: b}}]',
      'target.callers[1].name: expected a name of its own, found "a" — callers[0] has it already',
    ],
    [
      'callers: [{name: a, scopes: {clinet: a, tenant: t}}]',
      'limits[0].scope: expected a scope that a caller has, found "client" — did you mean clinet?',
    ],
    [
      'callers: [{name: a, scopes: {client: a, tenant: t}}, {name: b, scopes: {}}]',
      'target.callers[1].scopes: expected at least one of client, tenant',
    ],
    [
      'callers: [{name: "${ALICE_KEY}", scopes: {client: a, tenant: t}, headers: {x: "${ALICE_KEY}"}}]',
      'target.callers[0].name: expected a text without a secret, found the variable of a secret, ALICE_KEY',
    ],
    [
      caller('headers: {x-api-key: "${NOT_SET}"}'),
      'expected the environment variable NOT_SET, found none of that name',
    ],
    ['limitedBy: {}', 'target.limitedBy: expected either header or json, found none of them'],
    ['limitedBy: {header: a, json: b}', 'target.limitedBy: expected either header or json, found both'],
    [
      'limitedBy: {header: a, scopes: {short: clients}}',
      'target.limitedBy.scopes.short: expected one of client, tenant, found "clients" — did you mean client?',
    ],
  ])('%s', (keys, words) => {
    const told = mistakes(withKeys(keys))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(words)
    expect(told[0]).not.toContain('hush-hush')
  })

  it('are told at another target where they belong', () => {
    const text = `target: {url: "http://127.0.0.1:1", apiKey: "\${ALICE_KEY}", request: {}, callers: []}\n${limits}`
    expect(mistakes(text)).toEqual([
      expect.stringContaining('found request — write kind: http, or leave request out'),
      expect.stringContaining('found callers — write kind: http, or leave callers out'),
    ])
  })

  it('are fewer where nothing will be sent', () => {
    expect(mistakes(withKeys('apiKey: "${NOT_SET}"'), true)).toEqual([])
    expect(mistakes(withKeys('callers: [{name: a, scopes: {client: a}}]'), true)).toEqual([])
  })
})

describe('whatever stands in a target of kind http', () => {
  const places = ['request', 'callers', 'limitedBy'].flatMap((key) =>
    ['', 'headers', 'scopes', 'method', 'path', 'body', 'name'].map((field) => [key, field] as const),
  )
  it('it is read or has mistakes, and never throws', () => {
    const secret = 'hush-hush-0123456789'
    let refused = 0
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), ([key, field], value) => {
        const inner = field === '' ? value : { [field]: value, 'x-api-key': secret }
        const target = { kind: 'http', url: 'http://127.0.0.1:1', [key]: key === 'callers' ? [inner] : inner }
        const told = mistakes(
          JSON.stringify({ target, limits: [{ name: 'a', scope: 'b', limit: 1, window: '1s' }] }),
        )
        refused += told.length
        expect(told.join()).not.toContain(secret)
      }),
    )
    expect(refused).toBeGreaterThan(100)
  })
})
