import { expect, it } from 'vitest'
import { usesInOrder } from '../../lib/check/settle/settle.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { evidenceOf, type Seen } from './evidence-of.ts'

/** What comes of sorting by instants, which keeps the order of those that are decided at the same one. */
function sorted(seen: readonly Seen[], atUs: Float64Array) {
  const uses = [...seen.keys()].filter((i) => seen[i]?.as !== 'refused' && !Number.isNaN(atUs[i]))
  const order = uses.sort((a, b) => (atUs[a] as number) - (atUs[b] as number))
  return { order, times: order.map((i) => atUs[i]) }
}

it.each([
  ['nearly in order', 300, (k: number, random: number) => k + Math.floor(6 * random)],
  ['backwards, which takes many moves', 1_500, (k: number) => -k],
  ['anyhow, many at once', 3_000, (_: number, random: number) => Math.floor(100 * random)],
] as const)('uses are put in the order of their instants: %s', (_, count, instant) => {
  const random = seededRandom(1)
  const seen = Array.from({ length: count }, (_, k): Seen => {
    return { lo: 0, hi: 10_000, cost: 1 + (k % 3), as: k % 7 === 0 ? 'refused' : 'accepted' }
  })
  const atUs = Float64Array.from(seen, (_, k) => (k % 11 === 0 ? Number.NaN : instant(k, random())))
  const { order, times, units } = usesInOrder(evidenceOf(seen), atUs)
  expect({ order: [...order], times: [...times] }).toEqual(sorted(seen, atUs))
  let before = 0
  for (const [k, i] of order.entries()) {
    expect(units.before(k)).toBe(before)
    before += seen[i]?.cost as number
  }
})
