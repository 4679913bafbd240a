import { expect, it, test } from 'vitest'
import { CaseFile, type Proof } from '../../lib/check/evidence/case-file.ts'
import type { Cell } from '../../lib/check/evidence/cell.ts'
import type { Reason } from '../../lib/check/refute/certificate.ts'
import { requestWords } from '../../lib/check/words/line-words.ts'
import { resultCertificate } from '../../lib/check/words/result-certificate.ts'
import {
  algorithmsWords,
  algorithmWords,
  instantWords,
  reasonsOf,
  reasonWords,
  rowsOf,
  ruleWords,
  windowWords,
} from '../../lib/check/words/words.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { algorithms, type Limit, limitSchema } from '../../lib/spec/index.ts'
import { limiter } from './evidence-of.ts'

const { accepted, limited, unknown } = Outcome
const requests = [
  { ms: 0, outcome: accepted, cost: 2 },
  { ms: 100, outcome: accepted, cost: 3 },
  { ms: 250, outcome: limited, limitedBy: 'key' },
  { ms: 400, outcome: limited },
  { ms: 500, outcome: unknown, status: 0 },
  { ms: 600, outcome: unknown, status: 500 },
  { ms: 700, outcome: unknown, status: 504 },
]
const history = historyFromRecords(
  { descriptors: { A: { key: 'A' } } },
  requests.map(({ ms, ...request }) => ({
    descriptor: 'A',
    sentUs: ms * 1000,
    receivedUs: ms * 1000 + 4000,
    ...request,
  })),
)
const limit: Limit = limitSchema.parse({ name: 'few', scope: 'key', limit: 4, window: '2s' })
const hypothesis = { windowUs: 2_000_000 }
const refilled = { ...hypothesis, refillTickUs: 50_000 }

const reasons: [reason: Reason, rows: number[], words: string][] = [
  [
    { kind: 'over-admission', windows: 1, rows: [0, 1] },
    [0, 1],
    '5 were accepted surely within one window of 2 s, which holds 4: from +0.000 s to +0.104 s',
  ],
  [
    { kind: 'over-admission', windows: 3, rows: [1] },
    [1],
    '3 were accepted surely within 3 windows of 2 s, which holds 3 × 4: from +0.100 s to +0.104 s',
  ],
  [
    { kind: 'over-admission', windows: 1, rows: [0], afterRefused: 2 },
    [2, 0],
    '2 were accepted surely within one window of 2 s, which holds 4: from +0.000 s to +0.004 s, since after the refusal of line 4 the window before held no more',
  ],
  [
    { kind: 'over-refill', rows: [0, 1] },
    [0, 1],
    '5 were accepted surely from +0.000 s to +0.104 s, in which 4 were at hand at most and 0 came in',
  ],
  [
    { kind: 'admitted-when-full', admitted: 1, rows: [0] },
    [0, 1],
    'line 3 (+0.100 s) was accepted although 2 were surely counted before it',
  ],
  [
    { kind: 'admitted-when-full', admitted: 1, rows: [], carriedUnits: 2 },
    [1],
    'line 3 (+0.100 s) was accepted although 0 were surely counted before it and at least 2 carried over',
  ],
  [
    { kind: 'admitted-when-full', admitted: 1, rows: [] },
    [1],
    'line 3 (+0.100 s) was accepted although it costs 3, more than 4 at once',
  ],
  [
    { kind: 'refusal-before-admission', refused: 2, admitted: 1 },
    [2, 1],
    'line 4 (+0.250 s) was refused, and line 3 (+0.100 s) accepted after it in the same window',
  ],
  [
    { kind: 'refusal-before-admission', refused: 2, admitted: 1, betweenRefills: true },
    [2, 1],
    'line 4 (+0.250 s) was refused, and line 3 (+0.100 s) accepted after it before another refill',
  ],
  [
    { kind: 'unjustified-refusal', refused: 3, unitsAtMost: 1 },
    [3],
    'line 5 (+0.400 s) was refused although at most 1 can have been counted',
  ],
  [
    { kind: 'unjustified-refusal', refused: 3, alike: [2], unitsAtMost: 1 },
    [3, 2],
    'line 5 (+0.400 s) was refused, or before it line 4: the first of them although at most 1 can have been counted',
  ],
  [
    { kind: 'no-order', rows: [0, 2] },
    [0, 2],
    'in no order of what overlaps, and wherever a window starts, is line 2 (+0.000 s) accepted, line 4 (+0.250 s) refused',
  ],
]

it.each(reasons)('says a reason and the rows it names: %j', (reason, rows, words) => {
  expect(reasonWords(history, limit, hypothesis, reason)).toBe(words)
  expect(rowsOf(reason)).toEqual(rows)
})

it('says what came in at most by the refills that may lie within the span', () => {
  const far = { ...limit, limit: 40 }
  const reason: Reason = { kind: 'over-refill', rows: [0, 1] }
  const flows = (startUs?: [number, number]) => reasonWords(history, far, refilled, reason, startUs)
  // From 0 to 104 ms: at 50 and 100 ms, at 20 and 70 ms, at 4, 54 and 104 ms.
  expect(flows([0, 0])).toMatch(/40 were at hand at most and 2 came in$/)
  expect(flows([20_000, 20_000])).toMatch(/40 were at hand at most and 2 came in$/)
  expect(flows([4_000, 4_000])).toMatch(/40 were at hand at most and 3 came in$/)
  expect(flows([0, 4_000])).toMatch(/40 were at hand at most and 3 came in$/)
  // Without refills at intervals, as much as flows in 104 ms.
  expect(reasonWords(history, far, hypothesis, reason)).toMatch(/40 were at hand at most and 2 came in$/)
})

it('tells reasons for neighbouring starts as one where they are the same, in the order of the starts', () => {
  const one: Reason = { kind: 'unjustified-refusal', refused: 2, unitsAtMost: 1 }
  const other: Reason = { kind: 'unjustified-refusal', refused: 3, unitsAtMost: 1 }
  const cases = [
    { startUs: [20, 29] as [number, number], reason: other },
    {
      startUs: [10, 19] as [number, number],
      reason: one,
      next: [{ startUs: [40, 49] as [number, number], reason: one }],
    },
    { startUs: [0, 9] as [number, number], reason: one },
    { startUs: [5, 12] as [number, number], reason: one },
  ]
  expect(reasonsOf({ refuted: true, hypothesis: limiter('first-hit-window'), cases })).toEqual([
    { startUs: [0, 19], reason: one },
    { startUs: [20, 29], reason: other },
    { startUs: [40, 49], reason: one },
  ])
})

test('algorithms, windows and instants in words', () => {
  expect(algorithms.map(algorithmWords)).toEqual([
    'a fixed window',
    'a first-hit window',
    'a sliding log',
    'a sliding counter',
    'a token bucket',
    'GCRA',
  ])
  const windowed = ['sliding-counter', 'fixed-window', 'first-hit-window', 'sliding-log'] as const
  expect(algorithmsWords(windowed)).toBe('any windowed limiter')
  expect(algorithmsWords(['gcra', 'sliding-log', 'gcra'])).toBe('GCRA or a sliding log')
  expect(algorithmsWords(['gcra', 'fixed-window', 'first-hit-window', 'sliding-log'])).toBe(
    'GCRA or a fixed window or a first-hit window or a sliding log',
  )
  expect([999_999, 1_000_000, 500, 9_500_000].map(windowWords)).toEqual([
    '999.999 ms',
    '1 s',
    '0.5 ms',
    '9.5 s',
  ])
  expect([-1_500, 0, 61_234_000].map(instantWords)).toEqual(['-0.002 s', '+0.000 s', '+61.234 s'])
})

test('rules beside an algorithm in words', () => {
  const plain = limiter('token-bucket')
  expect(ruleWords(plain)).toBe('')
  expect(ruleWords({ ...plain, limitedRequests: 'counted' })).toBe(' that counts refused requests')
  expect(
    ruleWords({ ...plain, refillTickUs: 50_000, limitedRequests: 'counted', chargedWhenRefused: 'earlier' }),
  ).toBe(
    ' that is refilled every 50 ms and that counts refused requests and that is charged when another limit refuses',
  )
})

test('requests in words', () => {
  expect(requests.map((_, row) => requestWords(history, row))).toEqual([
    'A request of A, sent at +0.000 s and answered with 200 at +0.004 s: it was accepted.',
    'A request of A, sent at +0.100 s and answered with 200 at +0.104 s: it was accepted.',
    'A request of A, sent at +0.250 s and answered with 429 at +0.254 s: it was refused, by key as the answer says.',
    'A request of A, sent at +0.400 s and answered with 429 at +0.404 s: it was refused.',
    'A request of A, sent at +0.500 s, had no answer by +0.504 s, so whether it was let through is unknown.',
    'A request of A, sent at +0.600 s and answered with 500 at +0.604 s: whether it was let through is unknown.',
    'A request of A, sent at +0.700 s and answered with 504 at +0.704 s: whether it was let through is unknown, and a server behind a proxy may have taken it up later.',
  ])
})

test('of many ranges of starts the first ones are told, and how many more there are', () => {
  const file = new CaseFile(history, [limit], 0)
  const [cell] = file.cells as [Cell]
  const proof = (ranges: number): Proof => ({
    refuted: true,
    hypothesis: limiter('fixed-window', 4, 2_000_000),
    cell,
    cases: Array.from({ length: ranges }, (_, k) => ({
      startUs: [k * 1_000_000, k * 1_000_000 + 999_999],
      reason: { kind: 'unjustified-refusal', refused: 2 + (k % 2), unitsAtMost: k },
    })),
  })
  const { why, records, kind, descriptor } = resultCertificate(file, 0, [proof(8)])
  expect(why).toMatch(
    /^Not a fixed window: key A: if one starts from \+0.000 s to \+1.000 s, line 4 \(\+0.250 s\) was refused .*; and so for 2 more ranges of starts\.$/,
  )
  expect(why.match(/if one starts/g)).toHaveLength(6)
  expect({ records, kind, descriptor }).toEqual({
    records: [4, 5],
    kind: 'unjustified-refusal',
    descriptor: 'A',
  })
  expect(resultCertificate(file, 0, [proof(6)]).why).not.toContain('more ranges')
  // One range that holds for all starts need not be told.
  expect(resultCertificate(file, 0, [proof(1)]).why).toBe(
    'Not a fixed window: key A: line 4 (+0.250 s) was refused although at most 0 can have been counted.',
  )
})

test('ranges of starts with one reason are told as one where they touch or overlap', () => {
  const refused = (row: number): Reason => ({ kind: 'unjustified-refusal', refused: row, unitsAtMost: 0 })
  const told = (...cases: [from: number, to: number, row: number][]) =>
    reasonsOf({
      refuted: true,
      hypothesis: limiter('fixed-window'),
      cases: cases.map(([from, to, row]) => ({ startUs: [from, to], reason: refused(row) })),
    }).map(({ startUs }) => startUs)
  expect(told([4, 5, 2], [0, 3, 2])).toEqual([[0, 5]])
  expect(told([0, 5, 2], [2, 3, 2])).toEqual([[0, 5]])
  expect(told([0, 3, 2], [5, 5, 2])).toEqual([
    [0, 3],
    [5, 5],
  ])
  expect(told([0, 3, 2], [4, 5, 3])).toEqual([
    [0, 3],
    [4, 5],
  ])
})
