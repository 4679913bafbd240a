import { expect, test } from 'vitest'
import type { MeasuredLimit } from '../../lib/result/index.ts'
import { measuredTable } from '../../reports/terminal/measured.ts'

const limit: MeasuredLimit = {
  name: 'per integration',
  scope: 'integration',
  limit: 511,
  windowSeconds: 35,
  as: 'likely',
}

function lineOf(measured: MeasuredLimit): string | undefined {
  return measuredTable([measured], { width: 120, color: false }).find((line) => line.startsWith('per'))
}

test('a limit that is likely is told with those that explain all runs as well', () => {
  expect(lineOf(limit)).toMatch(/511 in 35s +not proven, and contradicted by no run$/)
  expect(lineOf({ ...limit, between: [511, 517] })).toMatch(/contradicted by no run, nor are 511 to 517$/)
})

test('a hidden limit is told with what the one before it lets through at most, where that is proven', () => {
  const hidden: MeasuredLimit = { ...limit, as: 'above', limit: 322, windowSeconds: 10, hiddenBy: 'common' }
  expect(lineOf(hidden)).toMatch(/above 322 in 10s +hidden: "common" refuses before it$/)
  expect(lineOf({ ...hidden, mostThrough: 617 })).toMatch(/hidden: "common" lets 617 through at most in 10s$/)
})
