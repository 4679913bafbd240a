import { expect, it } from 'vitest'
import { decisionBounds } from '../../lib/check/evidence/bounds.ts'
import type { Case, Reason } from '../../lib/check/refute/certificate.ts'
import { replay } from '../../lib/check/replay/replay.ts'
import { verifyCertificate } from '../../lib/check/verify/verify-certificate.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { evidenceOf, limiter, type Seen } from './evidence-of.ts'
import { shortWindows } from './oracle-runs.ts'

const says = (seen: Seen[], algorithm: Algorithm, limit: number, cases: Case[]) =>
  verifyCertificate(evidenceOf(seen), { refuted: true, hypothesis: limiter(algorithm, limit), cases })
const over = (rows: number[], windows = 1): Reason => ({ kind: 'over-admission', windows, rows })
const far: Seen[] = [{ lo: 0 }, { lo: 100 }, { lo: 200 }]

it('log: a row that is not there does not make the span endless', () => {
  expect(says(far, 'sliding-log', 2, [{ reason: over([0, 1, 2, 99]) }])).toBeDefined()
})
it('first-hit, span of any windows: the same', () => {
  expect(says(far, 'first-hit-window', 2, [{ reason: over([0, 1, 2, 99]) }])).toBeDefined()
})
it('log: windows is a whole number of 1 or more', () => {
  expect(says(far, 'sliding-log', 2, [{ reason: over([], -1) }])).toBeDefined()
  expect(says(far, 'sliding-log', 1, [{ reason: over([0], 0.5) }])).toBeDefined()
})
it('windows: a refusal after both windows says nothing of them', () => {
  const refusal: Reason = { kind: 'unjustified-refusal', refused: 1, unitsAtMost: 0 }
  const two: Seen[] = [{ lo: 20 }, { lo: 20, as: 'refused' }]
  expect(says(two, 'fixed-window', 1, [{ startUs: [0, 9], reason: refusal }])).toBeDefined()
  const later: Seen[] = [...two, { lo: 100 }, { lo: 100, as: 'refused' }]
  const third: Reason = { kind: 'unjustified-refusal', refused: 3, unitsAtMost: 0 }
  expect(says(later, 'first-hit-window', 1, [{ startUs: [20, 20], reason: third }])).toBeDefined()
})
it.each(['over-refill', 'no-order'] as const)('windows: %s is no reason for one', (kind) => {
  const reason: Reason = { kind, rows: [] }
  for (const algorithm of ['fixed-window', 'first-hit-window'] as const) {
    const cases: Case[] = [
      { startUs: [20, 24], reason },
      { startUs: [20, 29], reason },
    ]
    expect(says([{ lo: 20 }], algorithm, 1, cases)).toBeDefined()
  }
})
it('counter: a refusal in the window before does not exclude an admission after it there', () => {
  const seen: Seen[] = [-5, -4, 1, 2, 6, 13, 16].map((lo) => ({ lo, as: lo === 2 ? 'refused' : 'accepted' }))
  const reason: Reason = { ...over([4, 5, 6]), afterRefused: 3 } as Reason
  const open: Case = { startUs: [10, 19] }
  const wrong = says(seen, 'sliding-counter', 2, [{ startUs: [10, 10], reason }, open])
  expect(wrong).not.toBe('a case without a reason') // of the second case: the first was accepted
})
it('ranges that are no numbers cover nothing', () => {
  expect(
    says(far, 'first-hit-window', 2, [{ startUs: [Number.NaN, 1e9], reason: over([0, 1, 2]) }]),
  ).toBeDefined()
})
it('bucket: no rows are an answer, not an exception', () => {
  expect(says(far, 'gcra', 2, [{ reason: { kind: 'over-refill', rows: [] } }])).toBeDefined()
  expect(
    says(far, 'gcra', 2, [{ reason: { kind: 'admitted-when-full', admitted: 0, rows: [] } }]),
  ).toBeDefined()
})
it('replay: an order that names a row twice leaves another out', () => {
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, [
    { descriptor: 'A', sentUs: 0, receivedUs: 0, outcome: Outcome.accepted },
    { descriptor: 'A', sentUs: 1, receivedUs: 1, outcome: Outcome.limited },
  ])
  const limits = shortWindows([{ scope: 'key', limit: 2 }], 10)
  const witness = {
    atUs: Float64Array.of(0, 1),
    hypotheses: new Map([[0, limiter('sliding-log', 2)]]),
    startUs: () => undefined,
  }
  const bounds = decisionBounds(history, 0)
  expect(replay(history, limits, bounds, [0, 1], { ...witness, order: [0, 1] })).toBe(1)
  expect(replay(history, limits, bounds, [0, 1], { ...witness, order: [0, 0] })).toBeDefined()
})
it('first-hit: a case that says nothing is an answer, not an exception', () => {
  expect(says(far, 'first-hit-window', 2, [{}, { startUs: [0, 0], reason: over([0, 1, 2]) }])).toBeDefined()
})
it('first-hit: a refusal between two windows does not say that the first was full', () => {
  const seen: Seen[] = [
    { lo: 0 },
    { lo: 12, as: 'refused' },
    { lo: 20, hi: 22 },
    { lo: 20, hi: 22 },
    { lo: 20, hi: 22 },
  ]
  const reason: Reason = { kind: 'over-admission', windows: 1, rows: [2, 3, 4], afterRefused: 1 }
  const cases = (refused: Seen) =>
    says([seen[0] as Seen, refused, ...seen.slice(2)], 'first-hit-window', 2, [
      { startUs: [0, 0], next: [{ startUs: [20, 22], reason }] },
    ])
  expect(cases({ lo: 12, as: 'refused' })).toBe('the refusal is not surely in the window before')
  expect(cases({ lo: 5, as: 'refused' })).toBe(undefined)
})
