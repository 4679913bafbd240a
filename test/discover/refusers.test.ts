import { expect, test } from 'vitest'
import { canHaveRefused } from '../../lib/discover/refusers.ts'
import { historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createLimiter } from '../../lib/limiters/index.ts'
import { type Algorithm, type Limit, limitSchema } from '../../lib/spec/index.ts'
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

/** As many requests as it takes until a limiter refuses one, in bursts and with pauses; `undefined` where it never does. */
function untilRefused(algorithm: Algorithm, random: () => number, latencyUs: number) {
  const counter = createLimiter(algorithm, {
    limit: limit.limit,
    windowUs: limit.window * 1000,
    phaseUs: Math.floor(random() * limit.window * 1000),
  })
  const records: Omit<RecordInput, 'descriptor'>[] = []
  let atUs = 0
  let state = counter.init()
  while (records.length < 600) {
    atUs += Math.ceil(random() < 0.02 ? random() * 4e6 : random() * 80_000)
    const isRefused = !counter.admits(state, atUs, 1)
    if (!isRefused) state = counter.charge(state, atUs, 1)
    const outcome = isRefused ? Outcome.limited : Outcome.accepted
    const sentUs = atUs - Math.round(random() * latencyUs)
    records.push({ sentUs, receivedUs: sentUs + latencyUs, outcome })
    if (isRefused) return met(records)
  }
  return undefined
}

test.each([
  { algorithm: 'sliding-counter', latencyUs: 1_000, known: limit },
  { algorithm: 'gcra', latencyUs: 1_000, known: { ...limit, algorithm: ['gcra', 'token-bucket'] } },
  { algorithm: 'gcra', latencyUs: 3_000_000, known: { ...limit, algorithm: ['gcra', 'token-bucket'] } },
] as { algorithm: Algorithm; latencyUs: number; known: Limit }[])(
  'whatever a $algorithm refuses, it can have refused: answers within $latencyUs us',
  ({ algorithm, latencyUs, known }) => {
    const seed = Date.now() % 1_000_000
    const random = seeded(seed)
    let refused = 0
    for (let k = 0; k < 20; k++) {
      const history = untilRefused(algorithm, random, latencyUs)
      if (!history) continue
      refused++
      expect(canHaveRefused(history, known), `seed ${seed}, history ${k}`).toBe(true)
    }
    expect(refused).toBeGreaterThan(0)
  },
)

test('a bucket that had room for all that was under way refused nothing', () => {
  const bucket: Limit = { ...limit, algorithm: ['gcra', 'token-bucket'] }
  expect(canHaveRefused(atPace(111, 400), bucket)).toBe(false)
  expect(canHaveRefused(atPace(60, 160), bucket)).toBe(false)
  expect(canHaveRefused(atPace(60, 400), bucket)).toBe(true)
})
