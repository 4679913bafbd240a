import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combinations, mostCombinations } from '../../lib/check/settle/combinations.ts'

describe('combinations of starts', () => {
  it('begin with the first of all, then change one at a time, then several', () => {
    expect([...combinations([['a', 'b', 'c'], ['x'], ['1', '2']])]).toEqual([
      ['a', 'x', '1'],
      ['b', 'x', '1'],
      ['a', 'x', '2'],
      ['c', 'x', '1'],
      ['b', 'x', '2'],
      ['c', 'x', '2'],
    ])
  })

  it('are all there are, each once, as long as these are few', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(lengths, (given) => {
        const found = [...combinations(given.map((length) => Array.from({ length }, (_, k) => k)))]
        const all = given.reduce((product, length) => product * length, 1)
        expect(new Set(found.map(String)).size).toBe(found.length)
        expect(found.length).toBe(Math.min(all, mostCombinations))
      }),
    )
  })

  it('try another start of each of many before any third one', () => {
    const found = [...combinations(Array.from({ length: 12 }, () => [0, 1, 2, 3]))]
    const seconds = found.slice(1, 13)
    expect(seconds.map((starts) => starts.indexOf(1)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, k) => k),
    )
    expect(found).toHaveLength(mostCombinations)
  })
})
