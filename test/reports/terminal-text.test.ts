import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesText, millisecondsText, spanText, windowText } from '../../reports/terminal/amounts.ts'
import { columnsOf, cutTo, visible } from '../../reports/terminal/visible.ts'
import { wrapped } from '../../reports/terminal/wrap.ts'

describe('text for a terminal', () => {
  it('wraps without losing a character, and within the width', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map(visible)
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 100 }), (words, width) => {
        const lines = wrapped(words, width)
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''))
      }),
    )
  })

  it('cuts to the width, whatever the characters are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map(visible),
        fc.integer({ min: 1, max: 20 }),
        (text, width) => {
          expect(columnsOf(cutTo(width, text))).toBeLessThanOrEqual(width)
        },
      ),
    )
  })

  it('counts wide characters twice and joined ones once', () => {
    expect(columnsOf('abc')).toBe(3)
    expect(columnsOf('限度')).toBe(4)
    expect(columnsOf('e\u0301')).toBe(1)
    expect(columnsOf('👩‍🚒')).toBe(2)
  })

  it('shows amounts as people write them', () => {
    expect([300, 3600, 90, 10, 0.5, 5400, 0.1].map(windowText)).toEqual([
      '5m',
      '1h',
      '90s',
      '10s',
      '0.5s',
      '90m',
      '0.1s',
    ])
    expect([0, 850, 9_830, 119_949, 120_000, 283_400].map(spanText)).toEqual([
      '0 ms',
      '850 ms',
      '9.8 s',
      '119.9 s',
      '2 min',
      '4 min 43 s',
    ])
    expect([0.054, 0.996, 9.96, 99.9, 100.4, 12345].map(millisecondsText)).toEqual([
      '0.05',
      '1.0',
      '10.0',
      '99.9',
      '100',
      '12345',
    ])
  })

  it('shortens lists of lines', () => {
    expect(linesText([4])).toBe('line 4')
    expect(linesText([7, 5, 6, 12])).toBe('lines 5 to 7, 12')
    const every = Array.from({ length: 12 }, (_, index) => 2 * index + 2)
    expect(linesText(every)).toBe('lines 2, 4, 6, 8, 10, 12, 14, 16 and 4 more')
  })
})
