import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAnswer } from '../../../lib/conform/headers/answer.ts'
import { parseHttpDate } from '../../../lib/conform/headers/fields/http-date.ts'
import { parseDictionary, parseList } from '../../../lib/conform/headers/fields/structured-field.ts'
import { dialectsOf, headerFindings } from '../../../lib/conform/headers/index.ts'
import { answer, line } from './observed.ts'

test.each([
  ['', []],
  ['"a\\"b";q=5, tok;x', ['a"b', 'tok']],
  ['  1 ,\t-5.125 , ?1, @12, :YQ==:', [1, -5.125, true, 12, 'YQ==']],
  ['%"f%c3%bc"', ['fü']],
  [
    '("a" "b";x=1);y',
    [
      [
        { type: 'string', value: 'a' },
        { type: 'string', value: 'b' },
      ],
    ],
  ],
])('the list %j is read', (text, values) => {
  const list = parseList(text)
  const found = list.ok ? list.value.map(({ value }) => value) : list
  const shown = Array.isArray(found)
    ? found.map((item) => (item.type === 'inner-list' ? item.value.map(({ value }) => value) : item.value))
    : found
  expect(shown).toEqual(values)
})

test.each([
  ['"a', 0, '""a"'],
  ['"a",', 4, 'the end'],
  ['"a" "b"', 4, '""b""'],
  ['"ü"', 1, '"ü""'],
  ['1234567890123456', 0, '"1234567890123456"'],
  ['1.', 0, '"1."'],
  ['1.2345', 0, '"1.2345"'],
  ['-', 1, 'the end'],
  [':a', 2, 'the end'],
  ['?2', 0, '"?2"'],
  ['"a";Q=1', 4, '"Q=1"'],
  ['("a"', 4, 'the end'],
  ['%"%C3"', 0, '"%"%C3""'],
  ['%"%ff"', 0, '"%"%ff""'],
  ['@1.5', 0, '"@1.5"'],
])('the list %j is none, and the place is told', (text, at, found) => {
  expect(parseList(text)).toEqual({ ok: false, at, expected: expect.any(String), found })
})

test('an Integer and a Decimal are told apart', () => {
  const list = parseList('5, 5.0')
  expect(list.ok && list.value.map(({ value }) => value.type)).toEqual(['integer', 'decimal'])
})

const fieldText = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...'"\\;,=:?@%()- \t.015aqwrtZü') }),
  fc.constantFrom('"a";q=1;w=60', 'limit=1, remaining=2', '100, 100;w=60', '"a";r=0;t=1'),
)

test('no text makes a reader throw, and a mistake is within the text', () => {
  fc.assert(
    fc.property(fieldText, (text) => {
      for (const parsed of [parseList(text), parseDictionary(text)]) {
        if (!parsed.ok) expect(parsed.at >= 0 && parsed.at <= text.length).toBe(true)
      }
      parseHttpDate(text)
    }),
    { numRuns: 2_000 },
  )
})

const names = [
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit',
  'x-ratelimit-reset',
  'retry-after',
  'date',
  'age',
]
const anyFields = fc.array(fc.tuple(fc.constantFrom(...names), fieldText), { maxLength: 5 })

test('no fields and no body make the rules throw', () => {
  fc.assert(
    fc.property(anyFields, fc.string(), (headers, body) => {
      const seen = answer(0, [], { headers, body, status: 429, outcome: 'limited' })
      expect(headerFindings([seen, { ...seen, line: 3 }]).rules).toHaveLength(32)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 'IMF-fixdate'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 'RFC 850'],
  ['Sun Nov  6 08:49:37 1994', 'asctime'],
])('the date %j is read', (text, form) => {
  expect(parseHttpDate(text)).toEqual({ atMs: Date.UTC(1994, 10, 6, 8, 49, 37), form })
})

test.each([
  'Mon, 06 Nov 1994 08:49:37 GMT',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Fri, 31 Nov 1994 08:49:37 GMT',
  '',
])('the date %j is none', (text) => {
  expect(parseHttpDate(text)).toBeUndefined()
})

test.each([
  [['ratelimit-limit: 100, 100;w=60', 'ratelimit-remaining: 5', 'ratelimit-reset: 9'], ['draft-03']],
  [['x-ratelimit-limit: 100, 100;w=60', 'x-ratelimit-remaining: 5', 'x-ratelimit-reset: 9'], ['draft-03']],
  [
    ['ratelimit-policy: 100;w=60', 'ratelimit-limit: 100', 'ratelimit-remaining: 5', 'ratelimit-reset: 9'],
    ['draft-06'],
  ],
  [['ratelimit: limit=100, remaining=5, reset=9', 'ratelimit-policy: 100;w=60'], ['draft-07']],
  [['ratelimit: "a";r=5;t=9', 'ratelimit-policy: "a";q=100;w=60'], ['draft-08']],
])('%j states the same quota', (fields, dialects) => {
  expect(dialectsOf(fields.map(line))).toEqual(dialects)
  expect(readAnswer(answer(0, fields)).quotas).toMatchObject([
    { limit: 100, windowSeconds: 60, remaining: 5, resetSeconds: 9 },
  ])
})

test("a vendor's reset may be an instant, and several dialects may be spoken at once", () => {
  const fields = ['x-ratelimit-remaining: 5', 'x-ratelimit-reset: 1795521600', 'ratelimit: "a";r=5']
  expect(dialectsOf(fields.map(line))).toEqual(['draft-08', 'x-ratelimit'])
  expect(readAnswer(answer(0, fields)).quotas).toMatchObject([
    { dialect: 'draft-08', remaining: 5 },
    { dialect: 'x-ratelimit', remaining: 5, resetAtSeconds: 1_795_521_600 },
  ])
  expect(dialectsOf([['content-type', 'text/plain']])).toEqual([])
})

test('of two policies with one limit the window is told only if both have the same', () => {
  const windowOf = (limit: string) =>
    readAnswer(answer(0, [`ratelimit-limit: ${limit}`])).quotas[0]?.windowSeconds
  expect(windowOf('100, 100;w=60, 100;w=60')).toBe(60)
  expect(windowOf('100, 100;w=60, 100;w=90')).toBeUndefined()
})

test('what came from a cache states nothing', () => {
  expect(readAnswer(answer(0, ['ratelimit: "a";r=5', 'age: 7'])).quotas).toEqual([])
})
