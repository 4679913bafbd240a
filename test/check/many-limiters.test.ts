import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, test } from 'vitest'
import { judge } from '../../lib/check/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { seededRandom } from '../../lib/simulate/random.ts'
import { simulate } from '../../lib/simulate/simulate.ts'
import { type Algorithm, specSchema } from '../../lib/spec/index.ts'
import { smallIntegrations } from '../simulation/small-integrations.ts'

// The organization is filled through many integrations that let little through themselves.

describe('an organization of many small integrations', () => {
  const algorithms: Algorithm[] = ['fixed-window', 'first-hit-window', 'sliding-log', 'gcra']
  it.each(algorithms)('is brought to its limit, and passes as %s', (algorithm) => {
    for (const limits of [
      { integration: 20, organization: 300 },
      { integration: 10, organization: 500 },
    ]) {
      const { history, spec } = smallIntegrations(limits, algorithm, 1)
      const said = judge(history, spec).limits.map(({ name, verdict }) => `${name}: ${verdict}`)
      expect(said).toEqual([
        'alerts per integration: pass',
        'alerts per organization: pass',
        'API requests per API key: pass',
      ])
    }
  })
})

test("callers who never come near limits of their own are in nobody's way", async () => {
  const spec = specSchema.parse({
    limits: [
      { name: 'per caller', scope: 'caller', limit: 250, window: '10s', algorithm: 'sliding-counter' },
      { name: 'all together', scope: 'all', limit: 600, window: '10s', algorithm: 'sliding-counter' },
    ],
  })
  const random = seededRandom(5)
  const create = () => {
    const hierarchy = createHierarchy(
      spec.limits.map(({ name, scope, limit, window }) => ({
        name,
        scope,
        limitedRequests: 'free',
        chargedWhenRefused: 'free',
        model: () =>
          createLimiter('sliding-counter', {
            limit,
            windowUs: window * 1000,
            phaseUs: Math.floor(random() * window * 1000),
          }),
      })),
    )
    return (key: string, cost: number, nowMs: number) =>
      hierarchy.decide({ scopes: scopesOf(key), atUs: nowMs * 1000, cost }).admitted
  }
  const scopesOf = (key: string) => ({ caller: key, all: 'all' })
  // More callers than a search forward in time takes, and 83 requests a second, of which 60 are let through.
  const arrivals = Array.from({ length: 5_000 }, (_, k) => ({
    sentMs: 12 * k + random(),
    key: `caller ${Math.floor(40 * random())}`,
    cost: 1,
  }))
  const latencyMs = (draw: () => number) => 1 + 15 * draw()
  const { history } = await simulate(create, arrivals, { latencyMs }, random, scopesOf)
  const [perCaller, together] = judge(history, spec).limits
  expect(perCaller?.reason).toBe('never-reached')
  expect(new Set(together?.explainedBy?.map(({ algorithm }) => algorithm))).toEqual(
    new Set(['sliding-counter']),
  )
})

test('a hundred sliding counters that share their requests are judged in little memory', async () => {
  const worker = new Worker(new URL('./judge-many-limiters.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 600 },
  })
  const judged = once(worker, 'message')
  // One that runs out of memory ends with an error instead.
  const [verdicts] = await judged
  expect(verdicts).toHaveLength(3)
  expect(verdicts).not.toContain('fail')
})
