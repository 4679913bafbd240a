import { describe, expect, test } from 'vitest'
import { formatMistakes, nearest, shown } from '../../lib/spec/index.ts'

test('mistakes are formatted a line each, with place, path and hint where there are any', () => {
  const place = { file: 'spec.yaml', line: 3, column: 7 }
  expect(
    formatMistakes([
      { ...place, path: 'limits[0].window', expected: 'a duration', found: '5', hint: 'write 5m' },
      { ...place, path: '', expected: 'a map', found: 'a list' },
    ]),
  ).toBe(
    'spec.yaml:3:7  limits[0].window: expected a duration, found 5 — write 5m\nspec.yaml:3:7  expected a map, found a list',
  )
  expect(formatMistakes([])).toBe('')
})

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [3, '3'],
  [[], 'an empty list'],
  [{}, 'a map'],
  ['a "b"\n', '"a \\"b\\"\\n"'],
  ['\u009b\u202e', '"\\u009b\\u202e"'],
  ['x'.repeat(100), `"${'x'.repeat(60)}…"`],
])('%j is shown as %s', (value, text) => {
  expect(shown(value)).toBe(text)
})

describe('the nearest word', () => {
  const words = ['fixed-window', 'sliding-log', 'gcra', 'window']
  test.each([
    ['fixed_window', 'fixed-window'],
    ['SlidingLog', 'sliding-log'],
    ['gcar', 'gcra'],
    ['wnidow', 'window'],
    ['windows', 'window'],
    ['leaky-bucket', undefined],
    ['xy', undefined],
    ['', undefined],
    ['w'.repeat(1_000), undefined],
  ])('to %j is %j', (word, near) => {
    expect(nearest(word, words)).toBe(near)
  })
})
