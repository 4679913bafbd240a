import { expect, test } from 'vitest'
import { limitWords } from '../../lib/oncall/index.ts'

test('fields that speak of limits are kept verbatim, their names in lower case', () => {
  const headers = {
    'Content-Type': 'application/json',
    'Retry-After': ' 12 ',
    'X-RateLimit-Limit': '300',
    Ratelimit: '"a";r=1',
    'RateLimit-Policy': '"a";q=300',
    Date: 'Mon, 23 Nov 2026 23:47:03 GMT',
  }
  expect(limitWords(200, false, headers, '')).toEqual({
    retryAfter: ' 12 ',
    headers: { 'x-ratelimit-limit': '300', ratelimit: '"a";r=1', 'ratelimit-policy': '"a";q=300' },
  })
})

test('of a refusal also what tells whether a cache answered, and who refused', () => {
  const headers = { Date: 'Mon, 23 Nov 2026 23:47:03 GMT', Age: '3', 'X-Cache': 'HIT' }
  expect(limitWords(429, true, headers, '{"detail":"integration"}')).toEqual({
    headers: { date: 'Mon, 23 Nov 2026 23:47:03 GMT', age: '3', 'x-cache': 'HIT' },
    limitedBy: 'integration',
  })
})

test('a response that says nothing of limits has no words', () => {
  expect(limitWords(200, false, { Date: 'today', Server: 'x' }, 'integration')).toBeUndefined()
})
