import { expect, it } from 'vitest'
import type { OrderedRequest } from '../../lib/check/order/order-search.ts'
import { partsOf } from '../../lib/check/order/parts.ts'
import { limiter } from './evidence-of.ts'

/** A request that meets limiters and is let through, or refused by the first of them. */
function met(limiters: readonly number[], refused = false): OrderedRequest {
  const way = limiters.map((limiter, k) => {
    return {
      limiter,
      answer: refused && k === 0 ? ('refuses' as const) : ('admits' as const),
      counted: !refused,
    }
  })
  return { loUs: 0, hiUs: 1, cost: 1, ways: [way] }
}

const holding = (...limits: number[]) => limits.map((limit) => limiter('gcra', limit))

it('requests that meet a limiter in common are searched together, others apart', () => {
  const requests = [met([0]), met([1]), met([1, 2]), met([0]), met([2])]
  const { parts, anywhere } = partsOf(requests, holding(1, 1, 1)) ?? {}
  expect(parts?.map(({ requests, limiters }) => ({ requests, limiters }))).toEqual([
    { requests: [0, 3], limiters: [0] },
    { requests: [1, 2, 4], limiters: [1, 2] },
  ])
  expect(anywhere).toEqual([])
  // A part knows its limiters by their places in it.
  expect(parts?.[1]?.ordered.map(({ ways }) => ways[0]?.map(({ limiter }) => limiter))).toEqual([
    [0],
    [0, 1],
    [1],
  ])
})

it('a limiter that has room for all that it meets joins none, and what meets no other is in no part', () => {
  const requests = [met([0, 2]), met([1, 2]), met([0]), met([1]), met([2])]
  const { parts, anywhere } = partsOf(requests, holding(1, 1, 3)) ?? {}
  expect(parts?.map(({ requests, limiters }) => ({ requests, limiters }))).toEqual([
    { requests: [0, 2], limiters: [0] },
    { requests: [1, 3], limiters: [1] },
  ])
  expect(anywhere).toEqual([4])
})

it('a limiter that has room for all that it meets refuses none of them', () => {
  expect(partsOf([met([0]), met([0], true)], holding(1))?.parts.length).toBe(1)
  expect(partsOf([met([0]), met([0], true)], holding(2))).toBe(undefined)
})
