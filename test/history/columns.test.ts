import { expect, it } from 'vitest'
import { createColumnBuilder } from '../../lib/history/columns.ts'

it.each([
  ['a cost', [1, 255, 256, 2]],
  ['a cost of millions', [1, 2, 5_000_000, 3]],
])('keeps every number, whatever the first that does not fit in little memory: %s', (_, costs) => {
  const rows = createColumnBuilder(2)
  for (const cost of costs) rows.add(1, 0, 0, 1, 200, 0, cost, -1, Number.NaN)
  const { count, cost } = rows.finish()
  expect(Array.from(cost.subarray(0, count))).toEqual(costs)
})

it('keeps more descriptors than 16 bits count, and forgets none of those before', () => {
  const rows = createColumnBuilder(2)
  const descriptors = [3, 65_535, 65_536, 7]
  for (const descriptor of descriptors) rows.add(1, descriptor, 0, 1, 200, 0, 1, -1, Number.NaN)
  const { count, descriptor } = rows.finish()
  expect(Array.from(descriptor.subarray(0, count))).toEqual(descriptors)
})

it.each([
  ['short, and not known', [1_234, Number.NaN, 16_777_216]],
  ['longer ones after them', [1_234, Number.NaN, 16_777_217, 3_600_000_001, Number.NaN, 5]],
])('keeps every duration to the microsecond: %s', (_, durations) => {
  const rows = createColumnBuilder(2)
  for (const us of durations) rows.add(1, 0, 0, 1, 200, 0, 1, -1, us)
  const { count, durationUs } = rows.finish()
  expect(Array.from(durationUs.subarray(0, count))).toEqual(durations)
})
