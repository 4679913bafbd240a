import { expect, test } from 'vitest'
import { alertsTo, fillOf, gather, planOf, serve, useK6 } from './run-kit.ts'

const k6 = useK6()

test.each([
  { ratePerSecond: 40, count: 60, why: 'longer than a second' },
  { ratePerSecond: 200, count: 30, why: 'shorter than a second, which k6 refuses' },
  { ratePerSecond: 33.3, count: 1, why: 'a single request at a broken rate' },
])('a fill sends exactly its count, and each request is recorded: $why', async ({ ratePerSecond, count }) => {
  const server = await serve((_, response) => response.writeHead(200).end())
  const plan = planOf({ fills: [fillOf(ratePerSecond, count)] })
  const { outcome, records, events } = await gather(k6, plan, alertsTo(server.url))
  expect(outcome).toMatchObject({ kind: 'finished', lostLines: 0, settledWatches: [] })
  expect(server.seen).toHaveLength(count)
  expect(records).toHaveLength(count)
  expect(events).toEqual([])
  for (const record of records) {
    expect(record).toMatchObject({ descriptor: 'A', status: 200 })
    expect(record.received).toBeGreaterThanOrEqual(record.sent)
  }
})

test('fills of several descriptors start when the plan says, and every request holds its decision', async () => {
  const server = await serve((_, response) => response.writeHead(200).end())
  const plan = planOf({
    descriptors: [
      { name: 'A', scopes: { integration: 'A' }, kind: 'alert' },
      { name: 'B', scopes: { integration: 'B' }, kind: 'alert' },
    ],
    fills: [fillOf(20, 10), { ...fillOf(20, 8), descriptor: 'B', startMs: 900 }],
  })
  const bindings = alertsTo(server.url)
  const b = { ...bindings.descriptors.A, url: `${server.url}/b/` }
  const both = { ...bindings, descriptors: { ...bindings.descriptors, B: b } } as typeof bindings
  const { outcome, records } = await gather(k6, plan, both)
  const startedAtMs = outcome.startedAtMs as number
  expect(records.filter(({ descriptor }) => descriptor === 'A')).toHaveLength(10)
  const ofB = records.filter(({ descriptor }) => descriptor === 'B')
  expect(ofB).toHaveLength(8)
  for (const { sent } of ofB) expect(sent - startedAtMs).toBeGreaterThanOrEqual(899)
  // Both clocks are this machine's: the instant at which the server had the request lies in the record.
  const seenB = server.seen.filter(({ url }) => url === '/b/')
  const pairs = seenB.map(({ atMs, body }) => ({ atMs, id: /load test (\S+)"/.exec(body)?.[1] }))
  expect(new Set(pairs.map(({ id }) => id)).size).toBe(8)
  const bySent = [...ofB].sort((one, other) => one.sent - other.sent)
  for (const [index, { atMs }] of pairs.sort((one, other) => one.atMs - other.atMs).entries()) {
    expect(atMs).toBeGreaterThanOrEqual((bySent[index]?.sent ?? Number.NaN) - 1)
  }
})

test('what cannot be sent, because too much is unanswered, is recorded as dropped', async () => {
  const server = await serve(() => {})
  const plan = planOf({ fills: [fillOf(50, 40, 3)], requestTimeoutMs: 1_500, deadlineMs: 3_000 })
  const { outcome, records, events } = await gather(k6, plan, alertsTo(server.url))
  expect(outcome.kind).toBe('finished')
  expect(records).toHaveLength(3)
  for (const record of records) expect(record).toMatchObject({ status: 0, error: 'timeout' })
  expect(events).toEqual([{ event: 'dropped', descriptor: 'A', count: 37, at: outcome.endedAtMs }])
})

test('a watch goes on until it is refused', async () => {
  const server = await serve((_, response, all) => {
    response.writeHead(all.length > 7 ? 429 : 200, { 'retry-after': '3', 'x-ratelimit-limit': '7' })
    response.end(all.length > 7 ? '{"detail":"Too many alerts from this integration."}' : '')
  })
  const gauge = {
    scope: 'integration',
    limit: 7,
    windowMs: 1_000,
    fillers: ['A'],
    ratePerSecond: 100,
    probeEveryMs: 100,
    confirmRefusals: 1,
    maxFill: 50,
  }
  const plan = planOf({
    watches: [
      { name: 'alerts', gauges: [gauge], startMs: 0, deadlineMs: 4_000, maxInFlight: 5, maxRequests: 50 },
    ],
  })
  const { outcome, records } = await gather(k6, plan, alertsTo(server.url))
  expect(outcome).toMatchObject({ kind: 'finished', settledWatches: ['alerts'] })
  expect(records.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200, 429])
  expect(records.at(-1)).toMatchObject({
    limitedBy: 'integration',
    retryAfter: '3',
    headers: { 'x-ratelimit-limit': '7' },
  })
  expect(server.seen).toHaveLength(8)
})
