import { expect, it } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { specSchema } from '../../lib/spec/index.ts'

const spec = specSchema.parse({
  limits: [{ name: 'alerts', scope: 'key', limit: 10, window: '1s', algorithm: 'sliding-counter' }],
})

/** What is said of the answers of a sliding counter that rounds up, asked every so many milliseconds. */
function resultOf(everyMs: number, count: number) {
  const counter = createLimiter('sliding-counter', {
    ...{ limit: 10, windowUs: 1_000_000, phaseUs: 0, rounding: 'ceil' },
  })
  let state = counter.init()
  const records = Array.from({ length: count }, (_, k) => {
    const us = k * everyMs * 1000
    const isAdmitted = counter.admits(state, us, 1)
    if (isAdmitted) state = counter.charge(state, us, 1)
    const outcome = isAdmitted ? Outcome.accepted : Outcome.limited
    return { descriptor: 'A', sentUs: us, receivedUs: us, outcome }
  })
  const { limits } = judge(historyFromRecords({ descriptors: { A: { key: 'A' } } }, records), spec)
  return limits[0]
}

const explainedBy = (everyMs: number, count: number) =>
  resultOf(everyMs, count)?.explainedBy?.map(({ limitedRequests, note }) => [limitedRequests, note])

it('says that a sliding counter rounds up where it would answer otherwise if it rounded down', () => {
  expect(explainedBy(40, 100)).toEqual([['free', 'rounding up']])
})

it('says nothing of rounding where it makes no difference', () => {
  expect(explainedBy(120, 30)).toEqual([
    ['free', undefined],
    ['counted', undefined],
  ])
})

it('tells rivals that round otherwise from one another', () => {
  const rivals = resultOf(40, 100)?.rivals?.map((rival) => JSON.stringify(rival)) ?? []
  expect(rivals.some((rival) => rival.includes('rounds up'))).toBe(true)
  expect(new Set(rivals).size).toBe(rivals.length)
})
