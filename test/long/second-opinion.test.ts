import { afterAll, beforeAll, expect, test } from 'vitest'
import { secondOpinion } from '../../lib/capacity/second-opinion.ts'
import { busiestSecond, type Load, requestCount, scheduleOf } from '../../lib/plan/index.ts'
import { type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { alertsTo, gather, planOf, serve, useK6 } from '../fire/run-kit.ts'

const k6 = useK6()
const serviceMs = 20
const ratePerSecond = 150
let target: SpawnedTarget

beforeAll(async () => {
  target = await spawnTarget({
    limits: { integration: null, organization: null, apiKey: null },
    integrations: [{ id: 'C1', organization: 'onset', name: 'there', token: 'token-that-nobody-may-see' }],
    service: { model: 'constant', meanMs: serviceMs, workers: 50 },
  })
})
afterAll(() => target.stop())

test('k6 and autocannon agree within a tenth about the median of the same target at the same rate', async () => {
  const load: Load = {
    descriptors: ['A'],
    stages: [{ durationMs: 6_000, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
    arrivals: 'even',
    seed: 1,
    startMs: 0,
    maxInFlight: 200,
  }
  const maxRatePerSecond = 2 * busiestSecond(scheduleOf(load))
  const plan = planOf({ loads: [load], deadlineMs: 7_000, maxRequests: requestCount(load), maxRatePerSecond })
  const bindings = alertsTo(target.url)
  const { outcome, records } = await gather(k6, plan, bindings)
  expect(outcome.kind).toBe('finished')
  const durations = records.map(({ durationMs }) => durationMs as number).sort((a, b) => a - b)
  const ofK6 = durations[durations.length >> 1] as number

  const opinion = await secondOpinion({
    bindings: bindings.descriptors,
    ratePerSecond,
    seconds: 5,
    arrivals: 'even',
    seed: 1,
    maxRequests: 10_000,
    requestTimeoutMs: 5_000,
  })
  if (opinion.kind !== 'given') throw new Error(opinion.why)
  expect(opinion).toMatchObject({ count: 5 * ratePerSecond, errors: 0 })
  // Neither can be faster than the target; how much slower is the machine's doing.
  expect(ofK6).toBeGreaterThan(serviceMs - 1)
  expect(opinion.p50Ms).toBeGreaterThan(serviceMs - 1)
  expect(Math.abs(opinion.p50Ms / ofK6 - 1)).toBeLessThan(0.1)
  console.log(`median of k6 ${ofK6.toFixed(2)} ms, of autocannon ${opinion.p50Ms.toFixed(2)} ms`)
})

test('latencies are corrected for the requests that were held up', async () => {
  const heldMs = 1_050
  const server = await serve((_, response) => void setTimeout(() => response.end('{}'), heldMs))
  // 251 connections, of which all but one are to make two requests a second, and cannot: each holds up another.
  const opinion = await secondOpinion({
    bindings: alertsTo(server.url).descriptors,
    ratePerSecond: 501,
    seconds: 1,
    arrivals: 'poisson',
    seed: 1,
    maxRequests: 1_002,
    requestTimeoutMs: 5_000,
  })
  expect(opinion).toMatchObject({
    kind: 'given',
    ratePerSecond: 501,
    connections: 251,
    count: 501,
    errors: 0,
  })
  if (opinion.kind !== 'given') return
  expect(opinion.p50Ms).toBeGreaterThan(heldMs - 2)
  expect(opinion.added).toBeGreaterThanOrEqual(500)
  expect(server.seen).toHaveLength(1_002)
})
