import { expect, it } from 'vitest'
import { few } from '../../lib/check/seen/landmarks.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, k) => (k + 1) * 10)

it('a few suggestions are all followed', () => {
  expect(few(new Set([40, 20, 30]), 1)).toEqual([40, 20, 30])
})

it('of many the first five are followed, and five that are spread over all of them', () => {
  const reversed = upTo(100).toReversed()
  expect(few(new Set(reversed), 1)).toEqual([1000, 990, 980, 970, 960, 10, 260, 510, 750])
  expect(few(new Set(upTo(100)), 1)).toEqual([10, 20, 30, 40, 50, 260, 510, 750, 1000])
})

it('those that are close to one another are one suggestion, unless they are among the first', () => {
  expect(few(new Set([10, 11, 12, 500, 501, 900, 901, 902, 100, 101]), 5)).toEqual([
    10, 11, 12, 500, 501, 100, 900,
  ])
})
