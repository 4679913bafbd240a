import { describe, expect, test } from 'vitest'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'

const descriptors = { A: { integration: 'A', organization: 'acme' }, K: { apiKey: 'K' } }

describe('a history made in memory', () => {
  test('has one row a record, in their order, with the defaults filled in', () => {
    const history = historyFromRecords({ descriptors, startedAtMs: 1_000 }, [
      { descriptor: 'K', sentUs: 5, receivedUs: 9, outcome: Outcome.limited, limitedBy: 'apiKey' },
      { descriptor: 'A', sentUs: 1, receivedUs: 2, outcome: Outcome.accepted, cost: 3 },
      { descriptor: 'A', sentUs: 4, receivedUs: 40, outcome: Outcome.unknown },
    ])
    expect(history.count).toBe(3)
    expect([...history.descriptor.subarray(0, 3)]).toEqual([1, 0, 0])
    expect([...history.status.subarray(0, 3)]).toEqual([429, 200, 0])
    expect([...history.cost.subarray(0, 3)]).toEqual([1, 3, 1])
    expect([...history.limitedBy.subarray(0, 3)]).toEqual([0, -1, -1])
    expect(history.scopeNames).toEqual(['apiKey'])
    expect([...history.line.subarray(0, 3)]).toEqual([2, 3, 4])
    expect(history.durationUs[0]).toBeNaN()
    expect(history.events).toEqual([{ event: 'end', line: 5, atUs: 40, reason: 'finished' }])
    expect(history.torn).toBe(false)
  })

  test('is torn when the header says so, and then has no end', () => {
    const history = historyFromRecords({ descriptors, torn: true }, [])
    expect(history).toMatchObject({ torn: true, events: [], count: 0 })
  })

  test('keeps an end that was given, and numbers events after the records', () => {
    const history = historyFromRecords(
      {
        descriptors: [{ name: 'A', scopes: { integration: 'A' } }],
        events: [
          { event: 'clock-step', atUs: 3, byMs: -480 },
          { event: 'end', atUs: 9, reason: 'interrupted' },
        ],
      },
      [{ descriptor: 'A', sentUs: 1, receivedUs: 2, outcome: Outcome.accepted }],
    )
    expect(history.events).toEqual([
      { event: 'clock-step', line: 3, atUs: 3, byMs: -480 },
      { event: 'end', line: 4, atUs: 9, reason: 'interrupted' },
    ])
  })

  test('refuses a record whose descriptor nobody declared', () => {
    expect(() =>
      historyFromRecords({ descriptors }, [
        { descriptor: 'Z', sentUs: 0, receivedUs: 1, outcome: Outcome.accepted },
      ]),
    ).toThrow('no descriptor "Z"')
  })

  test('refuses a cost that is not whole: nothing could judge it exactly', () => {
    const half = { descriptor: 'A', sentUs: 0, receivedUs: 1, outcome: Outcome.accepted, cost: 0.5 }
    expect(() => historyFromRecords({ descriptors }, [half])).toThrow('whole number from 0, got 0.5')
  })

  test('grows past its first size without losing a row', () => {
    const history = historyFromRecords(
      { descriptors },
      Array.from({ length: 5_000 }, (_, at) => ({
        descriptor: 'A',
        sentUs: at,
        receivedUs: at + 1,
        outcome: Outcome.accepted,
      })),
    )
    expect(history.count).toBe(5_000)
    expect(history.sentUs[4_999]).toBe(4_999)
  })
})
