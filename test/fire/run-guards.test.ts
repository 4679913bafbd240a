import { expect, test } from 'vitest'
import type { Plan } from '../../lib/plan/index.ts'
import { alertsTo, fillOf, gather, planOf, serve, useK6 } from './run-kit.ts'

const k6 = useK6()

const watchOf = (maxRequests: number): Plan['watches'][number] => ({
  name: 'key',
  gauges: [
    {
      scope: 'integration',
      limit: 100,
      windowMs: 1_000,
      fillers: ['A'],
      ratePerSecond: 100,
      probeEveryMs: 100,
      confirmRefusals: 1,
      maxFill: maxRequests,
    },
  ],
  startMs: 0,
  deadlineMs: 3_000,
  maxInFlight: 5,
  maxRequests,
})

test('firing stops when most answers are server errors: what was seen is told, and all of it recorded', async () => {
  const server = await serve((_, response, all) => response.writeHead(all.length < 10 ? 200 : 503).end())
  const { outcome, records } = await gather(
    k6,
    planOf({ fills: [fillOf(50, 500)], deadlineMs: 12_000 }),
    alertsTo(server.url),
  )
  expect(outcome).toMatchObject({ kind: 'suffering', seen: { kinds: [{ what: '503' }] } })
  if (outcome.kind !== 'suffering') return
  expect(outcome.explanation).toMatch(/^the target fails: \d+ of its last \d+ answers .*503/)
  // Those that failed, and a few that were under way when they were told of.
  expect(records.length).toBeGreaterThanOrEqual(20)
  expect(records.length).toBeLessThan(500)
  expect(server.seen.length).toBeLessThanOrEqual(records.length)
})

test('firing stops when most answers do not come in time', async () => {
  const server = await serve(() => undefined)
  const plan = planOf({ fills: [fillOf(50, 300, 40)], deadlineMs: 12_000, requestTimeoutMs: 500 })
  const { outcome, records } = await gather(k6, plan, alertsTo(server.url))
  expect(outcome).toMatchObject({ kind: 'suffering', seen: { kinds: [{ what: 'timeout' }] } })
  expect(records.every(({ status }) => status === 0)).toBe(true)
})

test('a target that refuses with 503, as its spec says, does not suffer', async () => {
  const server = await serve((_, response) => response.writeHead(503).end())
  const plan = planOf({ fills: [fillOf(50, 50)] })
  const outcomes = { accepted: '2xx', limited: 503 }
  const { outcome, records } = await gather(k6, plan, alertsTo(server.url), { outcomes })
  expect(outcome.kind).toBe('finished')
  expect(records).toHaveLength(50)
})

test('requests go to all replicas in turn, those of a fill as those of a watch', async () => {
  const servers = await Promise.all([1, 2, 3].map(() => serve((_, response) => response.end('{}'))))
  const [first, ...others] = servers.map(({ url }) => alertsTo(url))
  const binding = first?.descriptors.A
  if (!first || !binding) throw new Error('there is no server')
  const replicas = others.map(({ descriptors }) => descriptors.A?.url ?? '')
  const bindings = { ...first, descriptors: { A: { ...binding, replicas } } }
  for (const plan of [planOf({ fills: [fillOf(60, 30)] }), planOf({ watches: [watchOf(30)] })]) {
    for (const { seen } of servers) seen.length = 0
    const { records } = await gather(k6, plan, bindings)
    expect(records.map(({ descriptor }) => descriptor)).toEqual(Array.from({ length: 30 }, () => 'A'))
    expect(servers.map(({ seen }) => seen.length)).toEqual([10, 10, 10])
  }
})

test('a list is read on at whichever replica is asked', async () => {
  const hosts: string[] = []
  const pages = (own: number) =>
    serve(({ url }, response) => {
      const page = Number(/page=(\d+)/.exec(url)?.[1] ?? 1)
      const next = page < 3 ? `${hosts[own]}/list/?page=${page + 1}` : null
      response.end(JSON.stringify({ next, results: [] }))
    })
  const servers = [await pages(0), await pages(1)]
  hosts.push(...servers.map(({ url }) => url))
  const [url = '', replica = ''] = hosts.map((host) => `${host}/list/`)
  const bindings = {
    descriptors: { A: { url, replicas: [replica], method: 'GET' as const, headers: {} } },
    secrets: [],
  }
  const plan = planOf({
    descriptors: [{ name: 'A', scopes: { apiKey: 'A' }, kind: 'list' }],
    fills: [fillOf(20, 6, 1)],
  })
  await gather(k6, plan, bindings)
  expect(servers[0]?.seen.map((seen) => seen.url)).toEqual(['/list/', '/list/?page=3', '/list/?page=2'])
  expect(servers[1]?.seen.map((seen) => seen.url)).toEqual(['/list/?page=2', '/list/', '/list/?page=3'])
})

test('k6 keeps to a ration of its watch', async () => {
  const server = await serve((_, response) => response.end('{}'))
  const rations = [{ descriptors: ['A'], most: 7, windowMs: 1_000 }]
  const { records } = await gather(k6, planOf({ watches: [watchOf(100)], rations }), alertsTo(server.url))
  const decidedMs = server.seen.map(({ atMs }) => atMs)
  expect(records.length).toBeGreaterThan(7)
  expect(records.length).toBe(server.seen.length)
  for (const fromMs of decidedMs) {
    expect(decidedMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000).length).toBeLessThanOrEqual(7)
  }
})
