import { expect, it } from 'vitest'
import { coolDownMs } from '../../lib/capacity/index.ts'
import { Met } from '../../lib/capacity/observation.ts'

/** A firing of 10 s that met so much. */
function firing(met: Partial<Record<keyof typeof Met, number>>): { durationMs: number; met: Uint8Array } {
  const kinds = Object.entries(met).flatMap(([kind, count]) =>
    Array<number>(count).fill(Met[kind as keyof typeof Met]),
  )
  return { durationMs: 10_000, met: Uint8Array.from(kinds) }
}

const shortest = coolDownMs(firing({ accepted: 100 }))

it('waits for as long as it took to answer as many as were given up', () => {
  expect(coolDownMs(firing({ accepted: 100, failed: 50 })) - shortest).toBe(5_000)
  expect(coolDownMs(firing({ accepted: 60, limited: 40, failed: 50 })) - shortest).toBe(5_000)
})

it('waits no longer for what was never sent', () => {
  expect(coolDownMs(firing({ accepted: 100, dropped: 1_000 }))).toBe(shortest)
  expect(shortest).toBeGreaterThan(0)
})

it('waits half a minute at most, also where nothing was answered', () => {
  expect(coolDownMs(firing({ failed: 1_000 }))).toBe(30_000)
  expect(coolDownMs(firing({ accepted: 1, failed: 1_000 }))).toBe(30_000)
})
