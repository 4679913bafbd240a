import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { otherWindowLeft } from '../../lib/check/other-windows.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { type Algorithm, type Limit, limitSchema } from '../../lib/spec/index.ts'
import { answersOf, windowUs } from './bursts.ts'

/** What a spec says: 4 in a second. */
const four = (algorithm: Algorithm, rest: Record<string, unknown> = {}): Limit =>
  limitSchema.parse({ name: 'the limit', scope: 'key', limit: 4, window: '1s', algorithm, ...rest })

/** The window that is left beside the spec's, as a share of it, of what a limiter with some window answered. */
function leftOf(limit: Limit, share: number): number | undefined {
  const [algorithm] = limit.algorithm as [Algorithm]
  const history = answersOf(algorithm, { limit: 4, windowUs: share * windowUs }, 7)
  const left = otherWindowLeft(new CaseFile(history, [limit], 0), 0)
  return left && left.windowUs / windowUs
}

describe.each(['fixed-window', 'first-hit-window', 'sliding-log', 'gcra'] as const)(
  'beside the window that a spec names, of what a %s answered',
  (algorithm) => {
    it.each([0.4, 0.93, 1.07, 1.5, 3.8])('one is left where it was %d times as long', (share) => {
      const left = leftOf(four(algorithm), share) ?? Number.NaN
      expect(Math.abs(left / share - 1)).toBeLessThan(0.02)
    })

    it('none is left where it was that one', () => {
      expect(leftOf(four(algorithm), 1)).toBe(undefined)
    })
  },
)

it('none is left within what the spec tolerates', () => {
  expect(leftOf(four('sliding-log'), 1.07)).toBeCloseTo(1.07, 2)
  expect(leftOf(four('sliding-log', { tolerance: 0.1 }), 1.07)).toBe(undefined)
})

describe('where any window explains what was answered', () => {
  const outcomes = [...Array<Outcome>(4).fill(Outcome.accepted), Outcome.limited]
  const records = outcomes.map((outcome, k): RecordInput => {
    return { descriptor: 'A', sentUs: k * 10_000, receivedUs: k * 10_000 + 1, outcome }
  })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  const left = (limit: Limit) => otherWindowLeft(new CaseFile(history, [limit], 0), 0)

  it('the one that is left is the nearest that the spec does not tolerate', () => {
    const us = left(four('sliding-log'))?.windowUs as number
    expect(us / windowUs).toBeGreaterThan(1.05)
    expect(us / windowUs).toBeLessThan(1.06)
  })

  it('it goes by the plain rules, unless the spec excludes them', () => {
    expect(left(four('sliding-log', { limitedRequests: 'either' }))?.limitedRequests).toBe('free')
    expect(left(four('sliding-log', { limitedRequests: 'counted' }))?.limitedRequests).toBe('counted')
  })
})
