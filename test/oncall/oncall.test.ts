import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { HistoryRecord } from '../../lib/history/index.ts'
import { createOncall, type OncallOptions } from '../../lib/oncall/index.ts'
import { embeddedKey, type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'

let target: SpawnedTarget
beforeAll(async () => {
  target = await spawnTarget({})
})
afterAll(() => target.stop())

function clientOf(url: string, more: Partial<OncallOptions> = {}) {
  const records: HistoryRecord[] = []
  const onRequest = (record: HistoryRecord) => records.push(record)
  return { records, oncall: createOncall({ url, apiKey: embeddedKey, descriptor: 'K', onRequest, ...more }) }
}

interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** A server that answers as a test says, and keeps what it saw. */
async function serving(answer: (seen: Seen, response: ServerResponse, url: string) => void) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      answer(one, response, url)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { url, seen, close }
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

test('the preflight says whom the key belongs to, with one request that is in the history', async () => {
  const { oncall, records } = clientOf(`${target.url}/`)
  const before = Date.now()
  expect(await oncall.preflight()).toEqual({
    ok: true,
    value: { id: 'UONSET', username: 'onset', email: 'UONSET@example.org', role: 'admin', teams: [] },
  })
  expect(records).toEqual([
    expect.objectContaining({ descriptor: 'K', status: 200, sent: expect.any(Number) }),
  ])
  expect(records[0]?.sent).toBeGreaterThanOrEqual(before)
  expect(records[0]?.received).toBeGreaterThanOrEqual(records[0]?.sent as number)
})

test('a key that is not known there is refused, in a sentence without the key', async () => {
  const { oncall, records } = clientOf(target.url, { apiKey: 'not-the-key' })
  const answer = await oncall.preflight()
  expect(answer).toMatchObject({ ok: false, problem: { kind: 'refused', status: 403 } })
  expect(JSON.stringify(answer)).not.toContain('not-the-key')
  expect(records).toHaveLength(1)
})

test('a key that no header can carry is never sent', async () => {
  const { oncall, records } = clientOf(target.url, { apiKey: 'one\ntwo' })
  const answer = await oncall.preflight()
  expect(answer).toMatchObject({ ok: false, problem: { kind: 'unusable' } })
  expect(JSON.stringify(answer)).not.toContain('one')
  expect(records).toEqual([])
})

test('no connection, no answer in time, and an answer that is none: each is its own problem', async () => {
  const gone = await serving(() => {})
  gone.close()
  const nobody = clientOf(gone.url)
  const refused = { ok: false, problem: { kind: 'unreachable' } }
  expect(await nobody.oncall.preflight()).toMatchObject(refused)
  expect(nobody.records).toEqual([
    expect.objectContaining({ descriptor: 'K', status: 0, error: 'connection refused' }),
  ])

  const silent = clientOf((await serving(() => {})).url, { timeoutMs: 50 })
  expect(await silent.oncall.preflight()).toMatchObject(refused)
  expect(silent.records).toEqual([expect.objectContaining({ status: 0, error: 'timeout' })])

  const web = await serving((_, response) => response.end('<html>welcome</html>'))
  expect(await clientOf(web.url).oncall.preflight()).toMatchObject({ problem: { kind: 'unexpected' } })

  const other = await serving((_, response) => json(response, 200, { hello: 'world' }))
  expect(await clientOf(other.url).oncall.preflight()).toMatchObject({ problem: { kind: 'unexpected' } })

  const nothing = await serving((_, response) => json(response, 404, {}))
  const answer = await clientOf(nothing.url).oncall.preflight()
  expect(answer).toHaveProperty('problem.sentence', expect.stringContaining('/api/v1/'))
})

test('a redirect is not followed, and where it leads is told', async () => {
  const elsewhere = await serving((_, response) => json(response, 200, {}))
  const server = await serving((_, response) =>
    response.writeHead(301, { location: `${elsewhere.url}/x` }).end(),
  )
  const { oncall, records } = clientOf(server.url)
  const answer = await oncall.preflight()
  expect(answer).toMatchObject({ problem: { kind: 'redirected', status: 301 } })
  expect(answer).toHaveProperty('problem.sentence', expect.stringContaining(elsewhere.url))
  expect(elsewhere.seen).toEqual([])
  expect(records).toEqual([expect.objectContaining({ status: 301 })])
})

test('a reached limit is a problem that says how long, and a record that says what it said', async () => {
  const server = await serving((_, response) =>
    json(response, 429, { detail: 'Too many API requests with this API key' }, { 'retry-after': '17' }),
  )
  const { oncall, records } = clientOf(server.url)
  expect(await oncall.preflight()).toMatchObject({ problem: { kind: 'limited', retryAfterMs: 17_000 } })
  expect(records).toEqual([expect.objectContaining({ status: 429, limitedBy: 'apiKey', retryAfter: '17' })])
})

test('a service-account token names its stack, and no connection is kept', async () => {
  const server = await serving((_, response) => json(response, 200, { id: 'U', username: 'u' }))
  await clientOf(server.url, { stackUrl: 'https://stack.example.org' }).oncall.preflight()
  expect(server.seen[0]?.headers).toMatchObject({
    authorization: embeddedKey,
    'x-grafana-url': 'https://stack.example.org',
    connection: 'close',
  })
})

test('fixtures are made, notify nobody, take alerts, and are removed', async () => {
  const { oncall, records } = clientOf(target.url)
  const made = await oncall.createFixtures('r7', ['A', 'B'])
  if (!made.ok) throw new Error(made.problem.sentence)
  expect(made.value.map(({ descriptor }) => descriptor)).toEqual(['A', 'B'])
  const [a] = made.value
  expect(a?.link).toBe(`${target.url}/integrations/v1/formatted_webhook/${a?.token}/`)
  // Slack is switched on by default there: what was read back says that it no longer is.
  const route = await fetch(`${target.url}/api/v1/routes/${a?.routeId}/`, {
    headers: { authorization: embeddedKey },
  })
  expect(await route.json()).toMatchObject({ escalation_chain_id: null, slack: { enabled: false } })
  const alert = await fetch(a?.link as string, { method: 'POST', body: '{"title":"x"}' })
  expect(alert.status).toBe(200)
  expect(records).toHaveLength(6)

  expect(await oncall.removeFixtures(made.value, { waitMs: 0 })).toEqual([])
  expect(records).toHaveLength(8)
  expect(await oncall.removeFixtures(made.value, { waitMs: 0 })).toEqual([])
})

/** An OnCall that makes integrations with a route as given, and takes changes to it as told. */
function oncallWith(route: Record<string, unknown>, changes: 'kept' | 'ignored' = 'kept') {
  const kept = { id: 'R1', ...route }
  return serving(({ method, url: path, body }, response, url) => {
    if (method === 'POST') {
      const link = `${url}/integrations/v1/formatted_webhook/secret-token/`
      json(response, 201, { id: 'C1', link, default_route: kept })
    } else if (method === 'DELETE') response.writeHead(204).end()
    else {
      if (method === 'PUT' && changes === 'kept') Object.assign(kept, JSON.parse(body))
      json(response, path.includes('/routes/R1/') ? 200 : 404, kept)
    }
  })
}

test('a route without a switch is used, and what cannot be ruled out is said', async () => {
  const server = await oncallWith({ escalation_chain_id: null, slack: { channel_id: null } })
  const made = await clientOf(server.url).oncall.createFixtures('r1', ['A'])
  expect(made).toMatchObject({ ok: true, value: [{ doubts: [expect.stringContaining('slack')] }] })
  expect(server.seen.map(({ method }) => method)).toEqual(['POST'])
})

test('an escalation chain and a channel are taken off before the first alert', async () => {
  const server = await oncallWith({ escalation_chain_id: 'F1', slack: { channel_id: 'C0FFEE' } })
  const made = await clientOf(server.url).oncall.createFixtures('r1', ['A'])
  expect(made).toMatchObject({ ok: true })
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET'])
  expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
    escalation_chain_id: null,
    slack: { channel_id: null },
  })
})

test.each([
  ['an escalation chain', { escalation_chain_id: 'F1' }, 'escalation chain'],
  ['a notifier', { escalation_chain_id: null, telegram: { id: 'T', enabled: true } }, 'telegram is enabled'],
])('where %s stays whatever one does, the fixture is removed and not used', async (_, route, words) => {
  const server = await oncallWith(route, 'ignored')
  const made = await clientOf(server.url).oncall.createFixtures('r1', ['A', 'B'])
  expect(made).toMatchObject({ ok: false, problem: { kind: 'loud' }, left: [] })
  expect(made).toHaveProperty('problem.sentence', expect.stringContaining(words))
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PUT', 'GET', 'DELETE'])
})

test('a link to a host that nobody named is refused, unless the spec names where alerts go', async () => {
  const elsewhere = (_: Seen, response: ServerResponse) =>
    json(response, 201, {
      id: 'C1',
      link: 'http://inside.example/integrations/v1/formatted_webhook/secret-token/',
      default_route: { id: 'R1', escalation_chain_id: null },
    })
  const made = await clientOf((await serving(elsewhere)).url).oncall.createFixtures('r1', ['A'])
  expect(made).toMatchObject({ ok: false, problem: { kind: 'unusable' } })
  expect(made).toHaveProperty('problem.sentence', expect.stringContaining('ingestUrl: http://inside.example'))
  expect(JSON.stringify(made)).not.toContain('secret-token')

  const named = clientOf((await serving(elsewhere)).url, { ingestUrl: 'http://127.0.0.1:7/in/' })
  expect(await named.oncall.createFixtures('r1', ['A'])).toMatchObject({
    value: [{ link: 'http://127.0.0.1:7/in/integrations/v1/formatted_webhook/secret-token/' }],
  })
})

test('where a fixture fails, those before it are removed, and what is left is told', async () => {
  const server = await serving(({ method }, response, url) => {
    const posts = server.seen.filter((one) => one.method === 'POST').length
    if (method === 'DELETE') json(response, 500, {})
    else if (posts > 1) json(response, 400, {})
    else {
      const link = `${url}/integrations/v1/formatted_webhook/t/`
      json(response, 201, { id: 'C1', link, default_route: { id: 'R1', escalation_chain_id: null } })
    }
  })
  const made = await clientOf(server.url).oncall.createFixtures('r1', ['A', 'B'])
  expect(made).toMatchObject({
    ok: false,
    problem: { kind: 'unexpected', status: 400 },
    mayExist: false,
    left: [{ descriptor: 'A', integrationId: 'C1', problem: { status: 500 } }],
  })
})

test('where the answer to a creation is lost, it is said that there may be an integration', async () => {
  const { oncall } = clientOf((await serving((_, response) => response.destroy())).url)
  const made = await oncall.createFixtures('r9', ['A'])
  expect(made).toMatchObject({ ok: false, problem: { kind: 'unreachable' }, left: [], mayExist: true })
  const words = expect.stringMatching(/"Onset load test r9 A".*may have been created all the same/)
  expect(made).toHaveProperty('problem.sentence', words)
})

test('removing waits while the key has reached its limit, as long as its patience lasts', async () => {
  const server = await serving((_, response, _url) => {
    if (server.seen.length < 3) json(response, 429, {}, { 'retry-after': '0' })
    else response.writeHead(204).end()
  })
  const waits: number[] = []
  const { oncall } = clientOf(server.url)
  const fixture = { descriptor: 'A', integrationId: 'C1' }
  expect(await oncall.removeFixtures([fixture], { waitMs: 5_000, onWait: (ms) => waits.push(ms) })).toEqual(
    [],
  )
  expect(waits).toEqual([0, 0])

  const full = await serving((_, response) => json(response, 429, {}, { 'retry-after': '60' }))
  const left = await clientOf(full.url).oncall.removeFixtures([fixture], { waitMs: 1_000 })
  expect(left).toEqual([expect.objectContaining({ descriptor: 'A', integrationId: 'C1' })])
  expect(full.seen).toHaveLength(1)
})
