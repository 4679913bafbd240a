import { expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import {
  evenSharedStarts,
  openRanges,
  openStartsToTry,
  rangesToTry,
  sharedStarts,
  startsToTry,
} from '../../lib/check/settle/window-starts.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'

const windowUs = 1_000_000
const { accepted, limited } = Outcome

/**
 * A key and an organization, of 1 in a second each. Both let through at 200 and at 400 ms, so that a window
 * starts in between; the key refuses at 300 ms, so that one of its windows starts after that.
 */
function drawn(seconds = [1, 1]) {
  const at = (ms: number, outcome: Outcome, limitedBy?: string) => {
    return { descriptor: 'A', sentUs: ms * 1000, receivedUs: ms * 1000, outcome, limitedBy }
  }
  const history = historyFromRecords({ descriptors: { A: { key: 'A', org: 'o' } } }, [
    at(200, accepted),
    at(300, limited, 'key'),
    at(400, accepted),
    at(1_600, accepted),
    at(1_650, limited, 'key'),
  ])
  const rules = { limitedRequests: 'free', chargedWhenRefused: 'free' }
  const { limits } = specSchema.parse({
    limits: [
      { name: 'per key', scope: 'key', limit: 1, window: `${seconds[0]}s`, ...rules },
      { name: 'per organization', scope: 'org', limit: 1, window: `${seconds[1]}s`, ...rules },
    ],
  })
  return new CaseFile(history, limits, 0)
}

const assumed = (file: CaseFile, algorithm: Algorithm, ...others: Algorithm[]) =>
  file.cells.map((cell, k) => {
    const hypothesis: Hypothesis = {
      algorithm: [algorithm, ...others][k] ?? algorithm,
      limit: cell.limit.limit,
      windowUs: cell.limit.window * 1000,
      limitedRequests: 'free',
      chargedWhenRefused: 'free',
    }
    return { cell, hypothesis }
  })

/** Whether an instant is after so many milliseconds of a second, and no later than 400. */
const startsAfter = (ms: number) => (us: number) => {
  const phase = ((us % windowUs) + windowUs) % windowUs
  return ms * 1000 < phase && phase <= 400_000
}

it('windows start where no reason excludes it', () => {
  const file = drawn()
  for (const [k, { cell, hypothesis }] of assumed(file, 'fixed-window').entries()) {
    const canStart = startsAfter(k === 0 ? 300 : 200)
    const starts = startsToTry(file, cell, hypothesis)
    expect(starts.length).toBeGreaterThan(0)
    expect(starts.every(canStart)).toBe(true)
    expect(openStartsToTry(file, cell, hypothesis, 3).every(canStart)).toBe(true)
    const ranges = rangesToTry(file, cell, hypothesis)
    expect(ranges.every((range) => range?.every(canStart))).toBe(true)
    // All of them, in one piece.
    const open = openRanges(file, cell, hypothesis)
    expect(open).toHaveLength(1)
    const [from, to] = open[0] as [number, number]
    expect([from - 1, from, to, to + 1].map(canStart)).toEqual([false, true, true, false])
  }
})

it('what has no phase has no starts to try', () => {
  const file = drawn()
  for (const { cell, hypothesis } of assumed(file, 'sliding-log')) {
    expect(startsToTry(file, cell, hypothesis)).toEqual([])
    expect(openStartsToTry(file, cell, hypothesis, 3)).toEqual([])
    expect(rangesToTry(file, cell, hypothesis)).toEqual([undefined])
    expect(openRanges(file, cell, hypothesis)).toEqual([])
  }
})

it('limiters share starts that are open to all of them', () => {
  const file = drawn()
  const both = assumed(file, 'fixed-window')
  const canStart = startsAfter(300)
  expect(sharedStarts(file, both).length).toBeGreaterThan(0)
  expect(sharedStarts(file, both).every(canStart)).toBe(true)
  const even = evenSharedStarts(file, both, 10)
  expect(even.every(canStart)).toBe(true)
  // Evenly spread: ten of them over 100 ms.
  expect(even).toHaveLength(10)
  expect(even[0]).toBeCloseTo(305_000, -2)
  for (const [k, us] of even.slice(1).entries()) expect(us - (even[k] as number)).toBeCloseTo(10_000, -2)
})

it.each([
  ['their windows differ in length', drawn([1, 2]), ['fixed-window', 'fixed-window']],
  ['only one of them has a start', drawn(), ['fixed-window', 'sliding-log']],
  ['none of them has', drawn(), ['sliding-log', 'gcra']],
] as const)('limiters share no starts where %s', (_, file, [one, other]) => {
  const limiters = assumed(file, one, other)
  expect(sharedStarts(file, limiters)).toEqual([])
  expect(evenSharedStarts(file, limiters, 10)).toEqual([])
})
