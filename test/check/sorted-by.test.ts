import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortedBy } from '../../lib/check/evidence/sorted-by.ts'

/** Evenly spread, in a few bursts, all but one at once, all the same, in order but for a few. */
const kinds: Record<string, fc.Arbitrary<number[]>> = {
  spread: fc.array(fc.nat(1_000_000), { maxLength: 300 }),
  bursts: fc.array(
    fc.tuple(fc.nat(3), fc.nat(20)).map(([burst, us]) => burst * 1e9 + us),
    { maxLength: 300 },
  ),
  'one long before the others': fc.array(fc.nat(100), { maxLength: 300 }).map((all) => [-1e12, ...all]),
  'nearly in order': fc
    .tuple(fc.array(fc.nat(1_000), { maxLength: 300 }), fc.array(fc.nat(1_000), { maxLength: 3 }))
    .map(([most, few]) => [...most.sort((a, b) => a - b), ...few]),
  'the same': fc.array(fc.constant(7), { maxLength: 300 }),
}

test.each(Object.entries(kinds))('orders what is %s as a stable sort does', (_, values) => {
  fc.assert(
    fc.property(values, fc.infiniteStream(fc.boolean()), (keys, chosen) => {
      const items = Uint32Array.from(keys.keys()).filter(() => chosen.next().value === true)
      const given = [...items]
      const stable = [...items].sort((a, b) => (keys[a] as number) - (keys[b] as number))
      expect([...sortedBy(items, Float64Array.from(keys))]).toEqual(stable)
      expect([...items]).toEqual(given)
    }),
  )
})
