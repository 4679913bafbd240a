import { describe, expect, test } from 'vitest'
import { Outcome, outcomeOf } from '../../lib/history/index.ts'

describe('the outcome of a status', () => {
  test.each([
    [200, Outcome.accepted],
    [299, Outcome.accepted],
    [300, Outcome.unknown],
    [429, Outcome.limited],
    [428, Outcome.unknown],
    [503, Outcome.unknown],
    [0, Outcome.unknown],
    [999, Outcome.unknown],
    [4_290, Outcome.unknown],
    [Number.NaN, Outcome.unknown],
  ])('%d by the default rule', (status, outcome) => {
    expect(outcomeOf({ accepted: '2xx', limited: '429' })(status)).toBe(outcome)
  })

  test('by lists of classes and statuses, as texts and numbers', () => {
    const outcome = outcomeOf({ accepted: ['2xx', 304, '404'], limited: [429, '503'] })
    expect([204, 304, 404, 429, 503, 500].map(outcome)).toEqual([0, 0, 0, 1, 1, 2])
  })

  test('a single status goes before a class, whichever side names it', () => {
    expect(outcomeOf({ accepted: '4xx', limited: 429 })(429)).toBe(Outcome.limited)
    expect(outcomeOf({ accepted: 404, limited: '4xx' })(404)).toBe(Outcome.accepted)
  })
})
