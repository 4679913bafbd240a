import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../lib/simulate/index.ts'
import { exampleStorm, storm } from '../../lib/tune/index.ts'

describe('a storm', () => {
  const made = storm({ startMs: Date.UTC(2026, 0, 5), days: 3, integrations: 16 }, seededRandom(5))

  it('is in order, within its days, and the same again for the same numbers', () => {
    const at = [...made.atUs]
    expect(at).toEqual(at.toSorted((one, other) => one - other))
    expect(at[0]).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5) * 1000)
    expect(at.at(-1)).toBeLessThan(Date.UTC(2026, 0, 8) * 1000)
    const again = storm({ startMs: Date.UTC(2026, 0, 5), days: 3, integrations: 16 }, seededRandom(5))
    expect([...again.atUs]).toEqual(at)
    expect(storm(exampleStorm, seededRandom(5)).descriptors).toHaveLength(exampleStorm.integrations)
  })

  it('has noisy integrations, and others that all send more than usual at once', () => {
    const perIntegration = new Array(16).fill(0)
    for (const who of made.descriptor) perIntegration[who]++
    expect(Math.min(...perIntegration.slice(0, 2))).toBeGreaterThan(10 * perIntegration[4])
    // In the worst twenty minutes, those of the datacentre send most.
    const tenMinutes = new Map<number, Set<number>>()
    made.atUs.forEach((at, row) => {
      const slot = Math.floor(at / 6e8)
      const senders = tenMinutes.get(slot) ?? new Set()
      tenMinutes.set(slot, senders.add(made.descriptor[row] as number))
    })
    expect(Math.max(...[...tenMinutes.values()].map(({ size }) => size))).toBeGreaterThanOrEqual(8)
  })
})
