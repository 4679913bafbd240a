import { expect, test } from 'vitest'
import { defaultOutcomeRule, outcomeOf } from '../../lib/history/index.ts'
import { createAlertBook } from '../../lib/oncall/index.ts'

const recordOf = (descriptor: string, status: number, sent: number, request?: string) => ({
  descriptor,
  status,
  sent,
  received: sent + 1,
  request,
})

test('alerts are told apart by what they met, for each integration by itself', () => {
  const book = createAlertBook(outcomeOf(defaultOutcomeRule))
  book.note(recordOf('A', 200, 1_030, 'k1.1'))
  book.note(recordOf('A', 201, 1_020, 'k1.2'))
  book.note(recordOf('A', 429, 1_010, 'k1.3'))
  book.note(recordOf('A', 503, 1_040, 'k1.4'))
  book.note(recordOf('A', 0, 1_050, 'k1.5'))
  book.note(recordOf('B', 200, 1_060, 'k2.1'))
  // What has no id was not fired: preflight, or a poll.
  book.note(recordOf('A', 200, 1_000))
  expect(book.of('A')).toEqual({
    accepted: new Set(['k1.1', 'k1.2']),
    limited: new Set(['k1.3']),
    unknown: new Set(['k1.4', 'k1.5']),
    firstMs: 1_010,
    lastAcceptedMs: 1_030,
  })
  expect(book.of('B')).toMatchObject({ accepted: new Set(['k2.1']), lastAcceptedMs: 1_060 })
  expect(book.of('C')).toMatchObject({ accepted: new Set(), firstMs: undefined, lastAcceptedMs: undefined })
})

test('the rule of the spec says what was accepted', () => {
  const book = createAlertBook(outcomeOf({ accepted: 202, limited: 503 }))
  book.note(recordOf('A', 200, 1, 'k1.1'))
  book.note(recordOf('A', 202, 2, 'k1.2'))
  book.note(recordOf('A', 503, 3, 'k1.3'))
  expect(book.of('A')).toMatchObject({
    accepted: new Set(['k1.2']),
    limited: new Set(['k1.3']),
    unknown: new Set(['k1.1']),
  })
})
