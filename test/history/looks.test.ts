import { describe, expect, test } from 'vitest'
import { type HistoryRecord, headerLine, readHistoryBytes, recordLine } from '../../lib/history/index.ts'
import { header, startedAtMs } from './generators.ts'

const refusal = (looks?: unknown): HistoryRecord => ({
  descriptor: 'A',
  sent: startedAtMs,
  received: startedAtMs + 1,
  status: 429,
  ...(looks === undefined ? {} : { looks: looks as string }),
})

/** What was read of each record, straight from the bytes, and with a blank that leads to `JSON.parse`. */
function looksOf(records: readonly HistoryRecord[]): (string | undefined)[][] {
  return ['', ' '].map((blank) => {
    const lines = records.map((record) => blank + recordLine(record))
    const read = readHistoryBytes(headerLine(header) + lines.join(''))
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    const { looks, lookNames, count } = read.history
    return Array.from({ length: count }, (_, row) => lookNames[looks[row] as number])
  })
}

function expectBothWays(records: readonly HistoryRecord[], expected: (string | undefined)[]): void {
  expect(looksOf(records)).toEqual([expected, expected])
}

describe('what refusals look like', () => {
  test('is kept once for each kind, and missing where a record does not say', () => {
    expectBothWays(
      [refusal('says no'), refusal(), refusal('says never'), refusal('says no')],
      ['says no', undefined, 'says never', 'says no'],
    )
  })

  test('is one kind for all beyond the first 64', () => {
    const records = Array.from({ length: 200 }, (_, k) => refusal(`kind ${k}`))
    const expected = records.map(({ looks }, k) => (k < 64 ? looks : 'other'))
    expectBothWays([...records, refusal('kind 3')], [...expected, 'kind 3'])
  })

  test('may itself be other, from the first record on', () => {
    expectBothWays([refusal('other'), refusal('a')], ['other', 'a'])
  })

  test('is cut where it is long, so that two with the same beginning are one kind', () => {
    const long = 'x'.repeat(128)
    expectBothWays([refusal(long), refusal(`${long}y`), refusal(`${long}z`)], [long, long, long])
  })

  test.each([[''], [7], [null], [{ text: 'no' }], [['no']]])('is nothing where it is %j', (looks) => {
    expectBothWays([refusal(looks), refusal('says no')], [undefined, 'says no'])
  })

  test('may have letters beyond ASCII, quotes and escapes', () => {
    const words = 'sagt "zu viel" \\ Überlast\u0007'
    expectBothWays([refusal(words)], [words])
  })
})
