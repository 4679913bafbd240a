import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMistakes, parseSpec } from '../../lib/spec/index.ts'

const good = `target:
  kind: oncall
  url: https://oncall.example.org
  apiKey: \${ONCALL_API_KEY}
  dedicated: true
limits:
  - name: alerts per integration
    scope: integration
    limit: 300
    window: 5m
    algorithm: [fixed-window, gcra]
    tolerance: 5%
  - { name: "API", scope: apiKey, limit: 300, window: 300s, startsEmpty: false }
outcomes: { accepted: 2xx, limited: [429, "503"] }
clockDriftPpm: 200
`

/** Parses and formats; every mistake must have a place in the text and be told on a line of its own. */
function told(text: string, env: Record<string, string> = { ONCALL_API_KEY: 'k-0123456789' }): string {
  const parsed = parseSpec(text, { file: 'spec.yaml', env })
  if (parsed.ok) return ''
  const lines = text.split(/\r\n|\n|\r/).length
  expect(parsed.mistakes.length).toBeGreaterThan(0)
  const vague = parsed.mistakes.filter(
    ({ line, column, expected, found }) =>
      line < 1 || line > lines || column < 1 || expected === '' || found === '',
  )
  expect(vague).toEqual([])
  const formatted = formatMistakes(parsed.mistakes)
  expect(formatted.split('\n')).toHaveLength(parsed.mistakes.length)
  return formatted
}

describe('whatever the text', () => {
  test('it is parsed or has mistakes, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void told(text)),
      { numRuns: 150 },
    )
  })

  test('text of the characters that mean something to YAML never makes it throw', () => {
    const piece = fc.constantFrom(
      ...'-?:,[]{}#&*!|>%@`"\'\\ \t\n'.split(''),
      ...[
        '\n  ',
        ': ',
        '- ',
        `\${`,
        '}',
        'a',
        '1',
        'limits',
        'target',
        '<<',
        '---\n',
        '...\n',
        '&a ',
        '*a',
        '!!map ',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void told(pieces.join(''))),
      { numRuns: 500 },
    )
  })

  test('a good spec with pieces changed, removed or added never makes it throw', () => {
    const change = fc.record({
      at: fc.nat({ max: good.length }),
      remove: fc.nat({ max: 12 }),
      insert: fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.constantFrom('\n', ': ', '"', '[', '{', '\t', '~', '.nan', '*a', '-1'),
      ),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let text = good
        for (const { at, remove, insert } of changes)
          text = text.slice(0, at) + insert + text.slice(at + remove)
        told(text)
      }),
      { numRuns: 500 },
    )
  })

  test('any JSON in the place of any value never makes it throw', () => {
    const keys = fc.constantFrom('target', 'limits', 'outcomes', 'clockDriftPpm', '__proto__', 'toString', '')
    const inner = fc.constantFrom(
      'name',
      'scope',
      'limit',
      'window',
      'algorithm',
      'tolerance',
      'url',
      'apiKey',
      'accepted',
    )
    const value = fc.jsonValue({ maxDepth: 2 })
    const branch = fc.oneof(
      value,
      fc.dictionary(inner, value),
      fc.array(fc.dictionary(inner, value), { maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.dictionary(keys, branch), (document) => void told(JSON.stringify(document))),
      { numRuns: 150 },
    )
  })

  test.each([
    ['nested lists', '['.repeat(20_000)],
    ['nested maps', '{a: '.repeat(16_000)],
    ['a list in a list in a list', '- '.repeat(32_000)],
    ['keys without end', Array.from({ length: 9_000 }, (_, i) => `k${i}:`).join('\n')],
    ['many anchors', '&a '.repeat(21_000)],
    ['many limits', `limits:\n${'- {}\n'.repeat(2_000)}`],
    ['many blank lines', '\n'.repeat(65_000)],
  ])('%s do not make it throw, or take for ever', (_, text) => {
    expect(told(text)).not.toBe('')
  })
})

describe('a secret', () => {
  const variable = `\${ONCALL_API_KEY}`
  const secret = fc.stringMatching(/^[A-Za-z0-9]{16,24}$/)
  const places: [string, (secret: string) => string][] = [
    ['a literal key', (s) => good.replace(variable, s)],
    ['a literal key in quotes', (s) => good.replace(variable, `"${s}"`)],
    ['a key with a scheme', (s) => good.replace(variable, `Bearer ${s}`)],
    ['a key with a variable beside it', (s) => good.replace(variable, `${s}\${ONCALL_API_KEY}`)],
    ['a key that looks like an alias', (s) => good.replace(variable, `*${s}`)],
    ['a key that looks like a tag', (s) => good.replace(variable, `!${s}`)],
    ['a key that looks like an anchor', (s) => good.replace(variable, `&${s}`)],
    ['a key with an at sign', (s) => good.replace(variable, `@${s}`)],
    ['a key with a colon', (s) => good.replace(variable, `a: ${s}`)],
    ['a key with an open quote', (s) => good.replace(variable, `"${s}`)],
    ['a key in a list', (s) => good.replace(variable, `[${s}]`)],
    ['a key in a map', (s) => good.replace(variable, `{key: ${s}}`)],
    ['a misspelt key', (s) => good.replace(/apiKey: .*/, `apikey: ${s}`)],
    ['an invented key', (s) => good.replace(/apiKey: .*/, `password: ${s}`)],
    ['a key twice', (s) => good.replace(/(apiKey: .*)/, `$1\n  apiKey: ${s}`)],
    ['a key without a space', (s) => good.replace(/apiKey: .*/, `apiKey:${s}`)],
    ['a key with an equals sign', (s) => good.replace(/apiKey: .*/, `apiKey=${s}`)],
    [
      'a key without a space within braces',
      (s) => good.replace(/target:[\s\S]*?limits/, `target: {apiKey:${s}}\nlimits`),
    ],
    [
      'a key in the place of the target',
      (s) => good.replace(/target:[\s\S]*?limits/, `target: ${s}\nlimits`),
    ],
    ['a key at the top', (s) => `apiKey: ${s}\n${good}`],
    ['a variable without braces', (s) => good.replace(variable, `$${s}`)],
    ['a password in an address', (s) => good.replace('https://', `https://bob:${s}@`)],
    ['a user in an address', (s) => good.replace('https://', `https://${s}@`)],
    ['a password in a broken address', (s) => good.replace('https://', `https//bob:${s}@:x`)],
    [
      'a password in an address in a name',
      (s) => good.replace('alerts per', `"https://bob:${s}@a/\\u0007"\n#`),
    ],
    [
      'a token in an address',
      (s) => good.replace('example.org', `example.org/integrations/v1/webhook/${s}/`),
    ],
    ['a token in a query', (s) => good.replace('example.org', `example.org?key=${s}`)],
  ]

  test.each(places)('is never told: %s', (_, place) => {
    fc.assert(
      fc.property(secret, (value) => {
        const text = place(value)
        expect(text).toContain(value)
        const mistakes = told(text)
        expect(mistakes).not.toBe('')
        expect(mistakes).not.toContain(value)
      }),
      { numRuns: 10 },
    )
  })

  test('is never told when a variable holds it, wherever that stands', () => {
    const field = fc.constantFrom(
      ...[
        'kind: oncall',
        'url: https://oncall.example.org',
        'dedicated: true',
        'name: alerts per integration',
      ],
      ...['scope: integration', 'limit: 300', 'window: 5m', 'tolerance: 5%', 'clockDriftPpm: 200'],
      `apiKey: \${ONCALL_API_KEY}`,
    )
    fc.assert(
      fc.property(
        field,
        fc.oneof(
          secret,
          secret.map((s) => `${s}\n`),
        ),
        (line, value) => {
          const text = good.replace(line, `${line.split(':')[0]}: \${ODD}`)
          expect(told(text, { ONCALL_API_KEY: 'k-0123456789', ODD: value })).not.toContain(value.trim())
        },
      ),
      { numRuns: 200 },
    )
  })
})
