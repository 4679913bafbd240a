import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusingScope } from '../../lib/http/refusing-scope.ts'

const scopes = { short: 'client', client: 'client', '2': 'tenant' }

describe('the scope that a refusal names', () => {
  it('is read from a header field, whatever its case', () => {
    const reading = { header: 'x-limited-by', scopes }
    expect(refusingScope(reading, { 'X-Limited-By': ' short ' }, '')).toBe('client')
    expect(refusingScope(reading, { 'X-Other': 'short' }, 'short')).toBeUndefined()
  })

  it('is read from a place in a JSON body', () => {
    const reading = { json: ['errors', '0', 'scope'], scopes }
    expect(refusingScope(reading, {}, '{"errors": [{"scope": "client"}]}')).toBe('client')
    expect(refusingScope(reading, {}, '{"errors": [{"scope": 2}]}')).toBe('tenant')
  })

  it.each([
    '',
    'short',
    '{"errors": {}}',
    '{"errors": null}',
    '[',
    '{"errors": [{"scope": {}}]}',
    null,
    undefined,
  ])('is not read from %j', (body) =>
    expect(refusingScope({ json: ['errors', '0', 'scope'], scopes }, {}, body)).toBeUndefined(),
  )

  it('is none that the spec does not know, whatever came back', () => {
    const body = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string(),
    )
    fc.assert(
      fc.property(
        body,
        fc.dictionary(fc.string(), fc.string()),
        fc.array(fc.string()),
        (text, headers, json) => {
          const found = [
            refusingScope({ json, scopes }, headers, text),
            refusingScope({ header: 'x', scopes }, headers, text),
          ]
          for (const scope of found) expect([undefined, 'client', 'tenant']).toContain(scope)
        },
      ),
    )
    expect(refusingScope({ json: ['scope'], scopes }, {}, '{"scope": "toString"}')).toBeUndefined()
    expect(
      refusingScope({ json: ['constructor', 'name'], scopes: { Object: 'client' } }, {}, '{}'),
    ).toBeUndefined()
    expect(refusingScope({ scopes }, { short: 'short' }, '"short"')).toBeUndefined()
  })
})
