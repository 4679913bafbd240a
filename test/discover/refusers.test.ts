import { expect, test } from 'vitest'
import { canHaveRefused } from '../../lib/discover/refusers.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { limitSchema } from '../../lib/spec/index.ts'
import { seeded } from '../simulation/simulate.ts'

const limit = limitSchema.parse({ name: 'known', scope: 'organization', limit: 100, window: '10s' })

function met(records: readonly Omit<RecordInput, 'descriptor'>[]) {
  const scopes = { integration: 'A', organization: 'organization' }
  return historyFromRecords(
    { descriptors: [{ name: 'A', scopes }], clockSlackMs: 1 },
    records.map((record) => ({ ...record, descriptor: 'A' })),
  )
}

/** One request every so many milliseconds, the last of them refused. */
function atPace(everyMs: number, count: number) {
  return met(
    Array.from({ length: count }, (_, k) => ({
      sentUs: k * everyMs * 1000,
      receivedUs: k * everyMs * 1000 + 2000,
      outcome: k === count - 1 ? Outcome.limited : Outcome.accepted,
    })),
  )
}

test('what came at nine tenths of the pace of a limit was not refused by it, whichever the algorithm', () => {
  expect(canHaveRefused(atPace(111, 400), limit)).toBe(false)
})

test('what came faster than that may have been', () => {
  expect(canHaveRefused(atPace(95, 400), limit)).toBe(true)
})

test('whatever a sliding counter refuses, it can have refused', () => {
  const seed = Date.now() % 1_000_000
  const random = seeded(seed)
  for (let k = 0; k < 20; k++) {
    const counter = createLimiter('sliding-counter', {
      limit: limit.limit,
      windowUs: limit.window * 1000,
      phaseUs: Math.floor(random() * limit.window * 1000),
    })
    const records: Omit<RecordInput, 'descriptor'>[] = []
    let atUs = 0
    let state = counter.init()
    let isRefused = false
    // Bursts and pauses, up to the first refusal.
    while (!isRefused && records.length < 600) {
      atUs += Math.ceil(random() < 0.02 ? random() * 4e6 : random() * 150_000)
      isRefused = !counter.admits(state, atUs, 1)
      if (!isRefused) state = counter.charge(state, atUs, 1)
      const outcome = isRefused ? Outcome.limited : Outcome.accepted
      records.push({ sentUs: atUs - 500, receivedUs: atUs + 500, outcome })
    }
    if (isRefused) expect(canHaveRefused(met(records), limit), `seed ${seed}, history ${k}`).toBe(true)
  }
})
