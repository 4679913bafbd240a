import { expect, test } from 'vitest'
import { createAllowance } from '../../lib/check/order/allowance.ts'
import { type OrderedRequest, searchOrders } from '../../lib/check/order/order-search.ts'
import { limiter } from './evidence-of.ts'

/** Each within the one before it, so that no order is as good as another; one more than a log of 1 can admit. */
const requests = Array.from(
  { length: 5 },
  (_, k): OrderedRequest => ({
    loUs: k,
    hiUs: 104 - k,
    cost: 1,
    ways: [[{ limiter: 0, answer: 'admits', counted: true }]],
  }),
)
const hypotheses = [limiter('sliding-log', 1, 30)]

test('a search over orders ends undecided where the work it may do is done', () => {
  const ample = createAllowance()
  const before = ample.left
  expect(searchOrders(requests, hypotheses, 20_000, ample).kind).toBe('impossible')
  const work = before - ample.left
  expect(work).toBeGreaterThan(0)
  expect(searchOrders(requests, hypotheses, 20_000, createAllowance(work >> 1)).kind).toBe('undecided')
})

test('searches that share an allowance do so much work together', () => {
  const shared = createAllowance(200)
  const kinds = Array.from({ length: 100 }, () => searchOrders(requests, hypotheses, 20_000, shared).kind)
  expect(kinds.at(-1)).toBe('undecided')
})
