import { describe, expect, it } from 'vitest'
import { bindingMistakes } from '../../lib/fire/bindings.ts'
import { httpBindings } from '../../lib/http/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const specWith = (target: Record<string, unknown>) =>
  specSchema.parse({
    target: { kind: 'http', url: 'http://127.0.0.1:1/', ...target },
    limits: [
      { name: 'a', scope: 'client', limit: 1, window: '1s' },
      { name: 'b', scope: 'tenant', limit: 1, window: '1s' },
    ],
  })

describe('what is bound to the callers of a spec', () => {
  it('is a GET of the address where nothing else is said', () => {
    const bindings = httpBindings(specWith({}), [])
    expect(bindings).toEqual({
      descriptors: { caller: { url: 'http://127.0.0.1:1', method: 'GET', headers: {} } },
      secrets: [],
      refusals: { scopes: {} },
    })
    expect(bindingMistakes(['caller'], bindings)).toEqual([])
  })

  it('is the common request, in which a caller replaces what it says itself', () => {
    const { descriptors } = httpBindings(
      specWith({
        url: 'http://127.0.0.1:1/base/',
        request: {
          method: 'POST',
          path: '/things',
          headers: { Accept: 'a/b', 'X-Api-Key': 'none' },
          body: 'common',
        },
        callers: [
          { name: 'alice', scopes: { client: 'a' }, headers: { 'x-api-key': 'of alice' } },
          { name: 'bob', scopes: { client: 'b' }, path: '?bob', body: '' },
        ],
      }),
      ['s'],
    )
    expect(descriptors).toEqual({
      alice: {
        url: 'http://127.0.0.1:1/base/things',
        method: 'POST',
        headers: { accept: 'a/b', 'x-api-key': 'of alice' },
        body: 'common',
      },
      bob: {
        url: 'http://127.0.0.1:1/base/?bob',
        method: 'POST',
        headers: { accept: 'a/b', 'x-api-key': 'none' },
        body: '',
      },
    })
  })

  it('takes what a refusal names for the scope itself, unless the spec says what it stands for', () => {
    const { refusals } = httpBindings(
      specWith({ limitedBy: { header: 'X-Limited-By', scopes: { short: 'client', tenant: 'client' } } }),
      [],
    )
    expect(refusals).toEqual({
      header: 'x-limited-by',
      scopes: { client: 'client', tenant: 'client', short: 'client' },
    })
  })
})
