import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortedBy } from '../../lib/check/evidence/sorted-by.ts'
import { seededRandom } from '../../lib/simulate/index.ts'

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
    // Shorter lists that fail as well would be looked for for minutes.
    { endOnFailure: true },
  )
})

/** How often a value is looked at, for each of so many, to put them in order. */
function looksEach(count: number, valueAt: (k: number, random: number) => number): number {
  const random = seededRandom(1)
  let looks = 0
  const values = Float64Array.from({ length: count }, (_, k) => valueAt(k, random()))
  const keys = new Proxy(values, {
    get(all, name) {
      looks++
      return all[Number(name)]
    },
  })
  sortedBy(Uint32Array.from(values.keys()), keys)
  return looks / count
}

test.each([
  ['nearly in order', 3, (k: number, random: number) => k + 3 * random],
  ['spread evenly', 9, (_: number, random: number) => 1e6 * random],
  ['backwards', 9, (k: number) => -k],
  ['spread evenly, long after the first', 9, (_: number, random: number) => 1e9 + 1e6 * random],
] as const)('orders what is %s with few looks at each, however many they are', (_, most, valueAt) => {
  const [few, many] = [looksEach(2_000, valueAt), looksEach(40_000, valueAt)]
  expect(Math.max(few, many)).toBeLessThan(most)
})
