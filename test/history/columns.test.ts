import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ColumnBuilder, createColumnBuilder } from '../../lib/history/columns.ts'
import type { Outcome } from '../../lib/history/history.ts'

it.each([
  ['a cost', [1, 255, 256, 2]],
  ['a cost of millions', [1, 2, 5_000_000, 3]],
])('keeps every number, whatever the first that does not fit in little memory: %s', (_, costs) => {
  const rows = createColumnBuilder(2)
  for (const cost of costs) rows.add(1, 0, 0, 1, 200, 0, cost, -1, Number.NaN)
  const { count, cost } = rows.finish()
  expect(Array.from(cost.subarray(0, count))).toEqual(costs)
})

it.each([
  [8, [3, 255, 256, 7]],
  [16, [3, 65_535, 65_536, 7]],
])('keeps more descriptors than %i bits count, and forgets none of those before', (_, descriptors) => {
  const rows = createColumnBuilder(2)
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

const row = fc.record({
  descriptor: fc.oneof(fc.nat(3), fc.nat(300), fc.nat(70_000)),
  outcome: fc.constantFrom<Outcome[]>(0, 1, 2),
  cost: fc.oneof(fc.nat(9), fc.nat(300)),
  scope: fc.option(fc.oneof(fc.nat(3), fc.nat(200)), { nil: undefined }),
  look: fc.option(fc.nat(5), { nil: undefined }),
  durationUs: fc.oneof(fc.constant(Number.NaN), fc.nat(9_999), fc.nat(20_000_000)),
})
const rowsOf = (builder: ColumnBuilder) => {
  const { count, scopeNames, lookNames, ...columns } = builder.finish()
  const kept = Object.entries(columns).map(([name, column]) => [name, Array.from(column.subarray(0, count))])
  return { scopeNames, lookNames, ...Object.fromEntries(kept) }
}

it('what is appended is what would have been added, whatever it takes to hold it', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.nat(12), (all, before) => {
      const add = (builder: ColumnBuilder, some: typeof all, linesBefore: number, shift = 0) => {
        for (const [k, { descriptor, outcome, cost, scope, look, durationUs }] of some.entries()) {
          const limitedBy = scope === undefined ? -1 : builder.intern(`scope ${scope}`)
          const looks = look === undefined ? -1 : builder.internLook(`look ${look}`)
          const [sentUs, receivedUs] = [1_000 * k - 5, 1_000 * k + 7]
          const line = linesBefore + k + 2
          builder.add(
            line,
            descriptor + shift,
            sentUs,
            receivedUs,
            200,
            outcome,
            cost,
            limitedBy,
            durationUs,
            looks,
          )
        }
        return builder
      }
      const [first, rest] = [all.slice(0, before), all.slice(before)]
      // Scopes have names by the hundred in some, so that their numbers do not fit into a byte.
      const many = () => {
        const builder = createColumnBuilder(2)
        if (all.length > 6) for (let k = 0; k < 200; k++) builder.intern(`before ${k}`)
        return builder
      }
      const added = add(add(many(), first, 0), rest, 50, 2)
      const read = add(createColumnBuilder(2), rest, 0)
      const appended = add(many(), first, 0)
      expect(appended.canAppend(read.finish())).toBe(true)
      appended.append(
        read.finish(),
        Array.from({ length: 70_001 }, (_, number) => number + 2),
        50,
      )
      expect(rowsOf(appended)).toEqual(rowsOf(added))
    }),
    { numRuns: 100 },
  )
})

it('takes no columns with more scopes than there may be, nor with kinds of refusals that were put together', () => {
  const withScopes = (from: number, count: number) => {
    const builder = createColumnBuilder(2)
    for (let k = 0; k < count; k++) builder.intern(`scope ${from + k}`)
    return builder
  }
  const half = withScopes(0, 500)
  expect(half.canAppend(withScopes(500, 500).finish())).toBe(true)
  expect(half.canAppend(withScopes(500, 501).finish())).toBe(false)
  expect(half.canAppend(withScopes(400, 600).finish())).toBe(true)
  const looks = createColumnBuilder(2)
  for (let k = 0; k < 63; k++) looks.internLook(`look ${k}`)
  expect(half.canAppend(looks.finish())).toBe(true)
  looks.internLook('one more')
  expect(half.canAppend(looks.finish())).toBe(false)
})
