import { expect, test } from 'vitest'
import { keptByPace, pacesOf } from '../../lib/discover/kept-by-pace.ts'
import type { Stream, Turn } from '../../lib/discover/stream.ts'
import { type Limit, limitSchema } from '../../lib/spec/index.ts'

const documented = limitSchema.parse({
  name: 'per integration',
  scope: 'integration',
  limit: 300,
  window: '4s',
})

/** A stream that was let through so many at first, and then one by one at a pace, for so long. */
function paced(first: number, perSecond: number, seconds: number): Stream {
  const turns = Array.from({ length: Math.round(perSecond * seconds) }, (_, k): Turn => {
    const us = 5e6 + (k * 1e6) / perSecond
    const at = [us, us + 1_000] as const
    return {
      acceptedBefore: k === 0 ? first : 1,
      opened: at,
      firstRefused: at,
      lastRefused: at,
      recovered: at,
    }
  })
  const none = new Float64Array()
  return {
    scopeValue: 'A',
    ...{ fromUs: none, toUs: none, accepted: new Uint8Array(), refusedFromUs: none, refusedToUs: none },
    ...{ acceptedFromUs: none, acceptedToUs: none },
    turns,
    beforeBurst: 0,
  }
}

/** What was tried, where nothing is left but some limits in a window. */
function keptOf(streams: readonly Stream[], isLeft: (limit: Limit) => boolean) {
  const tried: string[] = []
  const kept = keptByPace(documented, documented, streams, (limit) => {
    tried.push(`${limit.limit} in ${limit.window}`)
    return isLeft(limit)
  })
  return { kept: kept && [kept.limit, kept.window], tried }
}

test('a pace is that of streams that last long', () => {
  const [long, short] = [paced(430, 76, 8), paced(430, 90, 2)]
  expect(pacesOf([long, short]).map((perUs) => Math.round(1e6 * perUs))).toEqual([76])
  expect(pacesOf([{ ...long, turns: long.turns.slice(0, 2) }])).toEqual([])
})

test('the one limit that is left is found, in a window that people write', () => {
  const { kept, tried } = keptOf(
    [paced(430, 76.2, 8)],
    ({ limit, window }) => limit === 305 && window === 4_000,
  )
  expect(kept).toEqual([305, 4_000])
  expect(new Set(tried).size).toBe(tried.length)
})

test('none is larger than what was let through at first, or smaller than half of that', () => {
  const { kept, tried } = keptOf([paced(430, 76.2, 8)], () => false)
  expect(kept).toBe(undefined)
  const limits = tried.map((words) => Number.parseInt(words, 10))
  expect(Math.max(...limits)).toBeLessThanOrEqual(430)
  expect(Math.min(...limits)).toBeGreaterThanOrEqual(215)
  // 76.2 a second, two in a hundred more or less: 3 s to 5.5 s.
  const windows = new Set(tried.map((words) => Number(words.split(' in ')[1])))
  expect([...windows].sort()).toEqual([3_000, 3_500, 4_000, 4_500, 5_000, 5_500])
})

test('no more are tried than it takes to be told in moments', () => {
  expect(keptOf([paced(4_000, 500, 8)], () => false).tried.length).toBeLessThanOrEqual(400)
})

test('without a pace none is looked for', () => {
  expect(keptOf([{ ...paced(430, 76, 8), turns: [] }], () => true)).toEqual({ kept: undefined, tried: [] })
})
