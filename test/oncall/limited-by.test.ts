import { expect, test } from 'vitest'
import { limitedBy } from '../../lib/oncall/index.ts'

const json = (detail: unknown) => JSON.stringify({ detail })

test.each([
  [json('Too many alerts from this integration: 300 in 5m allowed.'), 'integration'],
  [json('Rate limit of the Organisation reached'), 'organization'],
  ['organization rate limit exceeded', 'organization'],
  [json('Too many requests with this API key'), 'apiKey'],
  [json('api_token limit'), 'apiKey'],
  [json('The public API is limited to 300 requests'), 'apiKey'],
  [JSON.stringify({ title: 'quota exceeded', 'violated-policies': ['integration'] }), 'integration'],
])('%s names %s', (body, scope) => {
  expect(limitedBy(429, body)).toBe(scope)
})

test.each([
  ['nothing', ''],
  ['no scope', json('Request was throttled. Expected available in 3 seconds.')],
  ['several scopes', json('This integration and its organization are limited')],
  ['a scope only in a key', JSON.stringify({ integration: 'A', detail: 'limited' })],
  ['a scope only in a path', json('429 for /integrations/v1/webhook/x/')],
  ['a scope only in an address', json('see https://docs.example.org/organization for limits')],
  ['a scope within another word', json('disintegrations reorganizations')],
  ['a page for people', '<html><body>integration limited</body></html>'],
  ['a long page', `integration ${'x'.repeat(5_000)}`],
  ['null', null],
  ['broken JSON with several', '{"detail":"integration", organization'],
])('a body with %s names none', (_, body) => {
  expect(limitedBy(429, body)).toBeUndefined()
})

test('an answer that is no refusal names none', () => {
  expect(limitedBy(200, json('integration created'))).toBeUndefined()
})

test('where the body names none, the policy does of which nothing remains', () => {
  const headers = { RateLimit: '"organization";r=12;t=3, "integration";r=0;t=200' }
  expect(limitedBy(429, '', headers)).toBe('integration')
  expect(limitedBy(429, json('organization'), headers)).toBe('organization')
  expect(limitedBy(429, '', { ratelimit: '"organization";r=0, "integration";r=0' })).toBeUndefined()
  expect(limitedBy(429, '', { ratelimit: '"default";r=0' })).toBeUndefined()
  expect(limitedBy(429, '', { ratelimit: 'malformed organization' })).toBeUndefined()
})
