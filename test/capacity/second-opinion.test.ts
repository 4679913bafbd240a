import { afterEach, expect, test } from 'vitest'
import { type OpinionRequest, secondOpinion } from '../../lib/capacity/second-opinion.ts'
import type { HistoryRecord } from '../../lib/history/index.ts'
import { alertsTo, serve, until } from '../fire/run-kit.ts'

const records: HistoryRecord[] = []
afterEach(() => {
  records.length = 0
})

const ask = (url: string, parts: Partial<OpinionRequest> = {}) =>
  secondOpinion({
    bindings: alertsTo(url).descriptors,
    ratePerSecond: 20,
    seconds: 1,
    arrivals: 'even',
    seed: 1,
    maxRequests: 10_000,
    requestTimeoutMs: 5_000,
    onRecord: (record) => records.push(record),
    ...parts,
  })

test('as many requests go out as the rate says, and refusals and other answers are none of the latencies', async () => {
  const server = await serve((_, response, all) => {
    response.statusCode = [200, 200, 429, 500][all.length % 4] as number
    response.end('{}')
  })
  const opinion = await ask(server.url)
  expect(opinion).toMatchObject({
    kind: 'given',
    ratePerSecond: 20,
    connections: 20,
    count: 10,
    limited: 5,
    errors: 5,
  })
  if (opinion.kind !== 'given') return
  expect(opinion.p50Ms).toBeLessThanOrEqual(opinion.p99Ms)
  expect(opinion.p999Ms).toBeLessThanOrEqual(opinion.maxMs)
  expect(opinion.cutShort).toBeUndefined()
  // A second before it measures is fired as well, and every request says who it is.
  expect(server.seen).toHaveLength(40)
  const ids = records.map(({ request }) => request)
  expect(new Set(ids).size).toBe(40)
  expect(server.seen.map(({ body }) => /test (\S+)"/.exec(body)?.[1]).sort()).toEqual(ids.sort())
})

test('aborting ends it at once, and what was under way is recorded', async () => {
  const server = await serve(() => undefined)
  const stop = new AbortController()
  const asked = ask(server.url, { signal: stop.signal, ratePerSecond: 50 })
  await until(() => server.seen.length >= 5)
  stop.abort()
  expect(await asked).toEqual({ kind: 'none', why: 'It was interrupted.' })
  expect(records.length).toBeGreaterThanOrEqual(5)
  expect(records.length).toBeLessThan(100)
  for (const { status, error } of records) expect([status, error]).toEqual([0, 'given up'])
})

test('it stops where the target fails', async () => {
  const server = await serve((_, response) => {
    response.statusCode = 503
    response.end()
  })
  const opinion = await ask(server.url, { ratePerSecond: 100 })
  expect(opinion).toMatchObject({ kind: 'none' })
  expect(opinion).toHaveProperty('why', expect.stringMatching(/^It was stopped: the target fails: .*503/))
  expect(server.seen.length).toBeLessThan(200)
})

test('a target that is not there is asked three times at most by a connection', async () => {
  const server = await serve((_, response) => void response.end())
  server.close()
  expect(await ask(server.url, { ratePerSecond: 1 })).toEqual({
    kind: 'none',
    why: 'Nothing that autocannon asked was accepted.',
  })
  for (const { error } of records) expect(error).toBe('ECONNREFUSED')
  expect(records.length).toBeLessThanOrEqual(3)
})

test('what it cannot do safely, or within its bounds, it does not begin', async () => {
  expect(await ask('https://127.0.0.1:9')).toEqual({
    kind: 'none',
    why: 'autocannon does not check certificates, and A would be asked over https.',
  })
  expect(await ask('http://127.0.0.1:9', { maxRequests: 39 })).toEqual({
    kind: 'none',
    why: '39 requests are not enough for 2 s at 20/s.',
  })
  expect(records).toEqual([])
})
