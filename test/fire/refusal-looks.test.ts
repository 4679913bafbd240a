import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRefusalLooks, refusalLooks } from '../../lib/fire/refusal-looks.ts'

const json = { 'Content-Type': 'application/json' }
const looks = (headers: Record<string, string>, body: unknown, secrets: string[] = []) =>
  refusalLooks(headers, body, secrets)

describe('what a refusal looks like', () => {
  test('is in words, and without what changes from one to the next', () => {
    const throttled = (wait: string) =>
      looks(
        { ...json, 'Retry-After': wait, Date: 'Mon', Allow: 'GET' },
        `{"detail":"Expected available in ${wait} second${wait === '1' ? '' : 's'}."}`,
      )
    expect(throttled('212')).toBe(
      'says detail: Expected available in # seconds.; as application/json; with retry-after allow',
    )
    expect(throttled('1')).toBe(throttled('212'))
  })

  test.each([
    ['an empty body', {}, '', 'says nothing'],
    ['no body', {}, null, 'says nothing'],
    [
      'a page',
      { server: 'nginx/1.18.0 (Ubuntu)' },
      '<h1>429 Too Many</h1><script>let a</script>',
      'says # Too Many; from nginx (Ubuntu)',
    ],
    [
      'names in quotation marks',
      {},
      `The "Blue" team's 'Red' and \`Green\` limit`,
      "says The * team's * and * limit",
    ],
    [
      'numbers and their units',
      {},
      '3,000.5 in 5m, at 10.0.0.1:80, 2026-11-23T08:11:02.123Z',
      'says # in #m, at #, #',
    ],
    [
      'names with digits, addresses and keys',
      {},
      `a1b2c3 at x/y and me@z of ${'k'.repeat(30)}`,
      'says * at * and * of *',
    ],
    [
      'identifiers in JSON',
      {},
      '{"requestId":"abcdef","retry":212,"ok":false}',
      'says requestId: *, retry: #',
    ],
    ['a list', {}, '[{"message":"a"},{"message":"b"}]', 'says message: a, message: b'],
    ['control characters', {}, 'no\u0007 \u001b[2K\r\nmore\u202e', 'says no [* more'],
    ['quotation marks', {}, 'a " b \\ c', 'says a b c'],
    [
      'field names',
      { 'X-RateLimit-Limit': '3', Vary: 'x', 'X-Zone': 'y' },
      '',
      'says nothing; with x-ratelimit-limit vary x-zone',
    ],
  ])('%s', (_, headers, body, words) => expect(looks(headers as Record<string, string>, body)).toBe(words))

  test('tells apart what differs only beyond its length', () => {
    const long = (end: string) => looks(json, `${'so many words about it '.repeat(8)}${end}`)
    expect(long('here').length).toBeLessThanOrEqual(120)
    expect(long('here')).not.toBe(long('there'))
    const fields = (last: string) =>
      looks(
        Object.fromEntries(
          Array.from({ length: 20 }, (_, k) => [`x-field-${'abcdefghijklmnopqrstuvwxyz'[k]}`, '']).concat([
            [last, ''],
          ]),
        ),
        '',
      )
    expect(fields('y-one')).not.toBe(fields('y-two'))
    expect(fields('y-one').length).toBeLessThanOrEqual(120)
  })

  test('holds no secret, however it is written', () => {
    const secrets = ['very secret/key', 'wordtoken']
    const body = `{"detail":"wordtoken, very secret/key and ${encodeURIComponent('very secret/key')}"}`
    const told = looks({ 'x-wordtoken': '1', server: 'wordtoken' }, body, secrets)
    expect(told).not.toMatch(/wordtoken|secret/)
  })

  test('is printable, of one line and short, whatever is answered', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (headers, body) => {
          expect(looks(headers, body, ['a'])).toMatch(/^[ !#-[\]-~]{1,120}$/)
        },
      ),
    )
  })
})

test('what is remembered is the same, also when it is too much to remember', () => {
  const remembered = createRefusalLooks([])
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < 150; k++) {
      const body = `word${'abcdefghij'[k % 10]} ${k} ${k % 3 === 0 ? 'yes' : 'no'}`
      const headers = k % 2 === 0 ? json : { server: 'nginx', ...json }
      expect(remembered(headers, body)).toBe(looks(headers, body))
    }
  }
  expect(remembered({ server: 'one' }, 'no')).not.toBe(remembered({ server: 'two' }, 'no'))
})
