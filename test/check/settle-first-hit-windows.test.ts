import { describe, expect, it } from 'vitest'
import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, hypotheses } from '../../lib/check/evidence/hypothesis.ts'
import { judge } from '../../lib/check/index.ts'
import { findWitness } from '../../lib/check/settle/witness.ts'
import { historyFromRecords, Outcome } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/index.ts'
import { type Limit, specSchema } from '../../lib/spec/index.ts'
import { areSettled } from './settled.ts'

const windowUs = 1_000_000
const integrations = ['A', 'B', 'C']

/** Busy for three windows and quiet for two, so that some windows are full and others are not. */
const rates = [1.25, 1.25, 1.25, 0.4, 0.4]

const free = { limitedRequests: 'free', chargedWhenRefused: 'free' } as const
const perOrganization = { name: 'per organization', scope: 'organization', limit: 20 }
const perIntegration = { name: 'per integration', scope: 'integration', limit: 8 }

/** A history of first-hit windows, with three or four requests under way at a time. */
function drawn(seed: number, limits: readonly Limit[]) {
  const random = seededRandom(seed)
  const sent: { integration: string; sentUs: number; decidedUs: number; receivedUs: number }[] = []
  for (let k = 0, us = 0; k < 150; k++) {
    us += (-Math.log(1 - random()) * 33_000) / (rates[Math.floor(us / windowUs) % rates.length] as number)
    const latencyUs = Math.min(5, 0.25 - 0.75 * Math.log(1 - random())) * 100_000
    const integration = integrations[Math.floor(random() * integrations.length)] as string
    const decidedUs = Math.floor(us + latencyUs * random())
    sent.push({ integration, sentUs: us, decidedUs, receivedUs: us + latencyUs })
  }
  const server = createHierarchy(
    limits.map(({ name, scope, limit }) => ({
      name,
      scope,
      model: () => createLimiter('first-hit-window', { limit, windowUs }),
      ...free,
    })),
  )
  const records = sent
    .sort((a, b) => a.decidedUs - b.decidedUs)
    .map(({ integration, sentUs, decidedUs, receivedUs }) => {
      const scopes = { integration, organization: 'acme' }
      const { refusedBy } = server.decide({ scopes, atUs: decidedUs, cost: 1 })
      return {
        descriptor: integration,
        // Stamps of whole milliseconds.
        sentUs: Math.floor(sentUs / 1000) * 1000,
        receivedUs: Math.floor(Math.ceil(receivedUs) / 1000) * 1000,
        outcome: refusedBy === undefined ? Outcome.accepted : Outcome.limited,
        limitedBy: refusedBy === undefined ? undefined : limits[refusedBy]?.scope,
      }
    })
  const descriptors = integrations.map((name) => ({
    name,
    scopes: { integration: name, organization: 'acme' },
  }))
  return historyFromRecords(
    { descriptors, clockSlackMs: 1 },
    records.sort((a, b) => a.sentUs - b.sentUs),
  )
}

function isSettled(seed: number, of: readonly { name: string; scope: string; limit: number }[]): boolean {
  const { limits } = specSchema.parse({
    limits: of.map((one) => ({ ...one, window: '1s', algorithm: ['first-hit-window'], ...free })),
  })
  const history = drawn(seed, limits)
  const file = new CaseFile(history, limits, 0)
  const assumed = file.cells.map((cell) => {
    const spec = limits[cell.limitIndex] as Limit
    const [hypothesis] = hypotheses(spec, file.surroundings(cell.limitIndex)) as [Hypothesis]
    return { cell, hypothesis, evidence: file.evidence(cell, hypothesis), startsUs: [] }
  })
  return findWitness(history, limits, file.bounds, assumed, file.refusers) !== undefined
}

// Seeds of histories for which settling once found no witness, though there is one.
it.each([501])('a window that was once fuller takes back who was moved out of it (seed %i)', (seed) => {
  expect(isSettled(seed, [perOrganization])).toBe(true)
})

it.each([37, 174, 187, 203, 333])(
  'a window is full for a refusal that is over after its end, and before the next one is (seed %i)',
  (seed) => expect(isSettled(seed, [perIntegration, perOrganization])).toBe(true),
)

it.each([24, 1641, 5311])('who was moved past the end of a window may come before it (seed %i)', (seed) => {
  expect(isSettled(seed, [perOrganization])).toBe(true)
})

it.each([44, 74])('a window that lacks some is opened by those who can come that late (seed %i)', (seed) => {
  expect(isSettled(seed, [perOrganization])).toBe(true)
})

it.each([144, 485, 651])(
  'a window that is not full for a refusal at its end starts later (seed %i)',
  (seed) => {
    expect(isSettled(seed, [perOrganization])).toBe(true)
  },
)

describe('first-hit windows of keys and of their organization, which began too early for each other', () => {
  const rules = {
    algorithm: 'first-hit-window',
    limitedRequests: 'free',
    chargedWhenRefused: 'free',
  } as const
  const shape = {
    enforced: [
      { scope: 'key', limit: 50, ...rules },
      { scope: 'organization', limit: 120, ...rules },
    ],
    keys: ['A', 'B', 'C'],
    requests: 1_500,
    named: true,
  } as const

  it.each([
    [30_000, 26],
    [30_000, 74],
    [100_000, 12],
  ])('are settled afresh (under way for %i us, seed %i)', (latencyUs, seed) => {
    expect(areSettled({ ...shape, latencyUs }, seed)).toBe(true)
  })
})

it('comes to an end where all who open a window are moved beyond its end', () => {
  // A refusal that counts, and costs more than the limit, is no reason to look at one window for ever.
  const told: [fromMs: number, toMs: number, cost: number, outcome: Outcome][] = [
    [300, 1000, 4, Outcome.limited],
    [400, 900, 1, Outcome.accepted],
    [400, 1100, 1, Outcome.accepted],
    [600, 700, 1, Outcome.accepted],
    [1000, 1500, 1, Outcome.accepted],
    [1200, 1700, 3, Outcome.limited],
    [1900, 2100, 2, Outcome.limited],
  ]
  const records = told.map(([fromMs, toMs, cost, outcome]) => {
    return { descriptor: 'A', sentUs: fromMs * 1000, receivedUs: toMs * 1000, cost, outcome }
  })
  const limit = { name: 'a', scope: 'key', limit: 1, window: '300ms', algorithm: 'first-hit-window' }
  const { limits } = specSchema.parse({ limits: [{ ...limit, limitedRequests: 'counted' }] })
  const history = historyFromRecords({ descriptors: { A: { key: 'A' } } }, records)
  expect(judge(history, { limits, clockDriftPpm: 0 }).verdict).toBe('inconclusive')
})
