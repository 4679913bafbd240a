import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLedger } from '../../lib/fire/ledger.ts'
import type { RawLine } from '../../lib/fire/raw-line.ts'
import { defaultOutcomeRule, outcomeOf } from '../../lib/history/index.ts'
import type { Plan } from '../../lib/plan/index.ts'

const plan: Plan = {
  descriptors: [
    { name: 'A', scopes: { integration: 'A' }, kind: 'alert' },
    { name: 'K', scopes: { apiKey: 'K' }, kind: 'list' },
  ],
  fills: [
    { descriptor: 'A', ratePerSecond: 1, count: 5, startMs: 0, maxInFlight: 1 },
    { descriptor: 'K', ratePerSecond: 1, count: 2, startMs: 0, maxInFlight: 1 },
  ],
  watches: [],
  deadlineMs: 1_000,
  requestTimeoutMs: 100,
  maxRequests: 10,
  maxRatePerSecond: 10,
}
const open = () => createLedger(plan, outcomeOf(defaultOutcomeRule))

const sent = (id: string, atMs = 10, descriptor = 0, part = 'f0'): RawLine => ({
  kind: 'sent',
  id,
  descriptor,
  part,
  atMs,
})
const answered = (id: string, atMs = 20, status = 200): RawLine => ({
  kind: 'answered',
  id,
  atMs,
  status,
  durationMs: 9.5,
  errorCode: status === 0 ? 1050 : 0,
})

test('an answered request is a record, with what the answer said', () => {
  const ledger = open()
  expect(ledger.book(sent('1', 10, 1))).toBeUndefined()
  const answer = { ...answered('1', 20, 429), said: { limitedBy: 'apiKey', retryAfter: '7' } }
  expect(ledger.book(answer)).toEqual({
    descriptor: 'K',
    sent: 10,
    received: 20,
    status: 429,
    limitedBy: 'apiKey',
    retryAfter: '7',
    durationMs: 9.5,
    request: '1',
  })
  expect(ledger.tallies.get('K')).toEqual({ sent: 1, accepted: 0, limited: 1, unknown: 0, inFlight: 0 })
})

test('a request without a response says why', () => {
  const ledger = open()
  ledger.book(sent('1'))
  expect(ledger.book(answered('1', 20, 0))).toMatchObject({ status: 0, error: 'timeout' })
})

test('what was never answered is an unknown record that ends with the history', () => {
  const ledger = open()
  for (const line of [sent('1', 10), sent('2', 11), answered('1')]) ledger.book(line)
  const { records } = ledger.close(99, false)
  expect(records).toEqual([
    { descriptor: 'A', sent: 11, received: 99, status: 0, error: 'no answer recorded', request: '2' },
  ])
  expect(ledger.tallies.get('A')).toMatchObject({ sent: 2, accepted: 1, unknown: 1, inFlight: 0 })
})

test('a clock that was set back in between leaves a record that the format takes', () => {
  const ledger = open()
  ledger.book(sent('1', 500))
  expect(ledger.book(answered('1', 20))).toMatchObject({ sent: 500, received: 500 })
})

test('what was planned and not sent is dropped, unless the run was cut short', () => {
  const run = () => {
    const ledger = open()
    for (const line of [sent('1'), sent('2'), sent('3', 10, 1, 'f1'), sent('4', 10, 1, 'f1')])
      ledger.book(line)
    ledger.book({ kind: 'dropped', descriptor: 1, count: 7, part: 'w0', atMs: 33 })
    return ledger
  }
  const live = { event: 'dropped', descriptor: 'K', count: 7, at: 33 }
  expect(run().close(99, true).dropped).toEqual([
    live,
    { event: 'dropped', descriptor: 'A', count: 3, at: 99 },
  ])
  expect(run().close(99, false).dropped).toEqual([live])
})

test('an answer to nothing is counted as lost', () => {
  const ledger = open()
  expect(ledger.book(answered('1'))).toBeUndefined()
  expect(ledger.book(sent('2', 10, 77))).toBeUndefined()
  expect(ledger.strays).toBe(2)
})

test('whatever the order, every request that was started is one record, no more and no less', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ answer: fc.option(fc.nat(50)), descriptor: fc.nat(1) })), (requests) => {
      const lines = requests.flatMap(({ answer, descriptor }, index) => {
        const start = { at: index, line: sent(String(index), index, descriptor) }
        if (answer === null) return [start]
        return [start, { at: index + answer, line: answered(String(index), index + answer) }]
      })
      const ledger = open()
      const records = lines
        .sort((one, other) => one.at - other.at)
        .flatMap(({ line }) => ledger.book(line) ?? [])
      records.push(...ledger.close(1_000, true).records)
      expect(records.map((record) => record.sent).sort((a, b) => a - b)).toEqual(requests.map((_, i) => i))
      expect(ledger.strays).toBe(0)
      for (const { inFlight } of ledger.tallies.values()) expect(inFlight).toBe(0)
    }),
  )
})
