import { expect, test } from 'vitest'
import { readLoadRequest } from '../../lib/fire/index.ts'
import { type Load, requestCount, scheduleOf } from '../../lib/plan/index.ts'
import { alertsTo, gather, planOf, serve, until, useK6 } from './run-kit.ts'

const k6 = useK6()

test('a load is sent as it is due, for each in turn, whatever becomes of the answers', async () => {
  // Nothing is answered before everything is there: an answer that is waited for would never come.
  const load: Load = {
    descriptors: ['A', 'B'],
    stages: [{ durationMs: 1_000, fromPerSecond: 40, toPerSecond: 160 }],
    arrivals: 'poisson',
    seed: 3,
    startMs: 100,
    maxInFlight: 100,
  }
  const count = requestCount(load)
  const held: (() => void)[] = []
  const server = await serve((_, response) => {
    held.push(() => response.end('{}'))
    if (held.length === count) for (const answer of held) answer()
  })
  const to = alertsTo(server.url)
  const plan = planOf({
    descriptors: ['A', 'B'].map((name) => ({ name, scopes: { integration: name }, kind: 'alert' })),
    loads: [load],
  })
  const bindings = {
    ...to,
    descriptors: {
      ...to.descriptors,
      B: { ...to.descriptors.A, url: `${server.url}/b` },
    } as typeof to.descriptors,
  }
  const { outcome, records, events } = await gather(k6, plan, bindings)
  expect(outcome).toMatchObject({ kind: 'finished', lostLines: 0 })
  expect(events).toEqual([])
  expect(server.seen).toHaveLength(count)
  if (process.platform === 'linux') expect(outcome.cpu?.cpuSeconds).toBeGreaterThanOrEqual(0)

  const startedAtMs = outcome.loadsStartedAtMs[0] as number
  const schedule = scheduleOf(load)
  const turns = records.map(({ descriptor, sent, request }) => {
    const { turn = -1 } = readLoadRequest(request) ?? {}
    expect(descriptor).toBe(turn % 2 === 0 ? 'A' : 'B')
    // k6's clock counts whole milliseconds.
    expect(sent - startedAtMs).toBeGreaterThan((schedule[turn] as number) - 2)
    return turn
  })
  expect(turns.sort((a, b) => a - b)).toEqual([...schedule.keys()])
})

test('what finds no room is dropped, and everything is accounted for', async () => {
  const server = await serve((_, response) => void setTimeout(() => response.end('{}'), 300))
  const load: Load = {
    descriptors: ['A'],
    stages: [{ durationMs: 1_000, fromPerSecond: 100, toPerSecond: 100 }],
    arrivals: 'even',
    seed: 1,
    startMs: 0,
    maxInFlight: 4,
  }
  const { outcome, records, events } = await gather(k6, planOf({ loads: [load] }), alertsTo(server.url))
  expect(outcome.kind).toBe('finished')
  const dropped = events.map((event) => (event.event === 'dropped' ? event.count : 0))
  expect(records.length + dropped.reduce((sum, count) => sum + count, 0)).toBe(100)
  // In a second each of the four places is free again four times at most.
  expect(records.length).toBeLessThanOrEqual(20)
  for (const { sent } of records) {
    const open = records.filter((other) => other.sent <= sent && other.received > sent + 1)
    expect(open.length).toBeLessThanOrEqual(4)
  }
})

test('an interrupted load sends nothing more, and what was under way is recorded', async () => {
  const server = await serve((_, response) => void response.end('{}'))
  const stop = new AbortController()
  const load: Load = {
    descriptors: ['A'],
    stages: [{ durationMs: 30_000, fromPerSecond: 50, toPerSecond: 50 }],
    arrivals: 'even',
    seed: 1,
    startMs: 0,
    maxInFlight: 20,
  }
  const plan = planOf({ loads: [load], deadlineMs: 30_000, maxRequests: 1_500 })
  const fired = gather(k6, plan, alertsTo(server.url), { signal: stop.signal })
  await until(() => server.seen.length >= 10)
  stop.abort()
  const { outcome, records, events } = await fired
  expect(outcome.kind).toBe('interrupted')
  expect(records.length).toBeGreaterThanOrEqual(server.seen.length)
  expect(records.length).toBeLessThan(1_500)
  expect(events).toEqual([])
})
