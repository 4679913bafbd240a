import { expect, test } from 'vitest'
import { alertsTo, fillOf, gather, planOf, serve, useK6 } from './run-kit.ts'

const k6 = useK6()

test('two runs at once do not get in each other’s way', async () => {
  const servers = await Promise.all([1, 2].map(() => serve((_, response) => response.end())))
  const plan = planOf({ fills: [fillOf(40, 50)] })
  const runs = await Promise.all(servers.map(({ url }) => gather(k6, plan, alertsTo(url))))
  for (const [index, { outcome, records, events }] of runs.entries()) {
    expect(outcome).toMatchObject({ kind: 'finished', lostLines: 0 })
    expect(records).toHaveLength(50)
    expect(servers[index]?.seen).toHaveLength(50)
    expect(events).toEqual([])
  }
})

test('alerts and lists are fired side by side, and progress tells of both', async () => {
  const server = await serve(({ method }, response) => response.writeHead(method === 'GET' ? 429 : 200).end())
  const bindings = alertsTo(server.url)
  const key = { url: `${server.url}/list/`, method: 'GET' as const, headers: { authorization: 'the-key' } }
  const plan = planOf({
    descriptors: [
      { name: 'A', scopes: { integration: 'A' }, kind: 'alert' },
      { name: 'K', scopes: { apiKey: 'K' }, kind: 'list' },
    ],
    fills: [fillOf(30, 20), { ...fillOf(30, 25), descriptor: 'K' }],
  })
  const shown: { sent: number; limited: number; leftMs: number }[] = []
  const { records, outcome } = await gather(
    k6,
    plan,
    { secrets: ['the-key'], descriptors: { ...bindings.descriptors, K: key } },
    {
      onProgress: ({ descriptors, leftMs }) => {
        const { sent = 0, limited = 0 } = descriptors.get('K') ?? {}
        shown.push({ sent, limited, leftMs })
      },
    },
  )
  expect(outcome.kind).toBe('finished')
  expect(records.filter(({ descriptor }) => descriptor === 'A')).toHaveLength(20)
  expect(records.filter(({ descriptor, status }) => descriptor === 'K' && status === 429)).toHaveLength(25)
  expect(server.seen.filter(({ headers }) => headers.authorization === 'the-key')).toHaveLength(25)
  expect(shown.at(-1)).toMatchObject({ sent: 25, limited: 25 })
  expect(shown[0]?.leftMs).toBeLessThanOrEqual(plan.deadlineMs)
  expect(shown.some(({ sent }) => sent < 25)).toBe(true)
})

test('a clock that is set back during the run is an event among the records', async () => {
  const server = await serve((_, response) => response.end())
  let looks = 0
  const clocks = () => {
    looks++
    const ms = looks * 200
    return { wallMs: 1_795_421_502_000 + ms - (looks > 3 ? 480 : 0), beforeMs: ms, afterMs: ms }
  }
  const plan = planOf({ fills: [fillOf(20, 25)] })
  const { events } = await gather(k6, plan, alertsTo(server.url), { clocks })
  expect(events).toEqual([{ event: 'clock-step', at: 1_795_421_502_320, byMs: -480 }])
})
