import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { findK6 } from '../../lib/fire/k6/index.ts'
import { type History, Outcome, readHistoryBytes } from '../../lib/history/index.ts'

const scenarios = join(import.meta.dirname, '../../scenarios')
let k6Path = ''
let folder = ''
beforeAll(async () => {
  const k6 = await findK6()
  if (!k6.found) throw new Error(k6.message)
  k6Path = k6.path
  folder = await mkdtemp(join(tmpdir(), 'onset-question-'))
}, 600_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Runs a scenario from its source by plain k6, as its head comment says. */
function ask(scenario: string, variables: Record<string, string>) {
  const path = join(folder, `${randomUUID()}.ndjson`)
  const reports = ['--quiet', '--no-usage-report', '--log-format', 'raw', '--console-output', path]
  const child = spawn(k6Path, ['run', ...reports, join(scenarios, `${scenario}.ts`)], {
    env: { PATH: process.env.PATH, HOME: folder, ONSET_RATE: '60', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, said })),
  )
  const history = () => {
    const read = readHistoryBytes(readFileSync(path))
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes))
    return read.history
  }
  return { child, ended, history }
}

/** How many rows of a history met what. */
function tally({ outcome, count }: History) {
  const met = [...outcome.subarray(0, count)]
  const total = (one: Outcome) => met.filter((other) => other === one).length
  return [total(Outcome.accepted), total(Outcome.limited), total(Outcome.unknown)]
}

test('alerts per integration: a history that can be judged, and a summary', async () => {
  let seen = 0
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(++seen > 20 ? 429 : 200).end('{"detail":"Too many alerts from this integration"}')
  })
  const run = ask('alerts-per-integration', { ONSET_ALERTS_URL: `${url}/token/`, ONSET_COUNT: '30' })
  const { code, said } = await run.ended
  expect({ code, said: said.trim() }).toEqual({
    code: 0,
    said: 'sent 30 of 30: 20 accepted, 10 limited, 0 unknown',
  })
  expect(seen).toBe(30)
  const history = run.history()
  expect(tally(history)).toEqual([20, 10, 0])
  expect(history.descriptors).toEqual([
    { name: 'A', scopes: { integration: 'A', organization: 'organization' } },
  ])
  expect(history.scopeNames).toContain('integration')
  expect(history.torn).toBe(false)
  expect(history.events).toEqual([expect.objectContaining({ event: 'end', reason: 'finished' })])
})

test('what a refusal looks like is in the history, and the token that it gives away is not', async () => {
  const token = 'aToKeNoFaNiNtEgRaTiOn'
  const url = await serve((request, response) => {
    request.resume()
    response.writeHead(429, { 'retry-after': '7', server: 'gate/2.1' })
    response.end(`No more for ${token} within 7 seconds, integrations and all.`)
  })
  const run = ask('alerts-per-integration', {
    ONSET_ALERTS_URL: `${url}/integrations/v1/formatted_webhook/${token}/`,
    ONSET_COUNT: '5',
  })
  expect((await run.ended).code).toBe(0)
  expect(run.history().lookNames).toEqual([
    'says No more for * within # seconds, integrations and all.; from gate; with retry-after',
  ])
})

test('alerts per organization: each integration in turn', async () => {
  const urls = new Map<string, number>()
  const url = await serve((request, response) => {
    urls.set(request.url ?? '', (urls.get(request.url ?? '') ?? 0) + 1)
    request.resume()
    response.end()
  })
  const links = ['a', 'b', 'c'].map((token) => `${url}/${token}/`).join(',')
  const run = ask('alerts-per-organization', { ONSET_ALERTS_URLS: links, ONSET_COUNT: '30' })
  expect((await run.ended).code).toBe(0)
  expect(Object.fromEntries(urls)).toEqual({ '/a/': 10, '/b/': 10, '/c/': 10 })
  const history = run.history()
  expect(history.descriptors.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
  expect(tally(history)).toEqual([30, 0, 0])
})

test('requests per API key: reads page after page, on a connection each', async () => {
  const pages: string[] = []
  let connections = 0
  const url = await serve((request, response) => {
    pages.push(request.url ?? '')
    if (request.headers.authorization !== 'the-key') response.statusCode = 403
    if (request.headers.connection === 'close') connections++
    const next = request.url?.includes('page=2') ? null : `${url}/api/v1/alert_groups/?page=2`
    response.end(JSON.stringify({ next, results: [] }))
  })
  const run = ask('requests-per-api-key', {
    ONSET_URL: url,
    ONSET_API_KEY: 'the-key',
    ONSET_COUNT: '12',
    ONSET_USERS: '1',
  })
  expect((await run.ended).said).toContain('12 accepted')
  expect(pages.slice(0, 3)).toEqual([
    '/api/v1/alert_groups/',
    '/api/v1/alert_groups/?page=2',
    '/api/v1/alert_groups/',
  ])
  expect(connections).toBe(12)
  expect(run.history().descriptors).toEqual([{ name: 'K', scopes: { apiKey: 'K' } }])
})

test('an interrupted question leaves a history that says so', async () => {
  let seen = 0
  const url = await serve((request, response) => {
    request.resume()
    // The fifth is never answered: what it met, nobody will know.
    if (++seen !== 5) response.end()
    if (seen === 20) run.child.kill('SIGINT')
  })
  const run = ask('alerts-per-integration', { ONSET_ALERTS_URL: `${url}/token/`, ONSET_COUNT: '3000' })
  const { said } = await run.ended
  const [, sent] = /^interrupted: of 3000, at least (\d+) were sent: \d+ accepted, /m.exec(said) ?? []
  const history = run.history()
  expect(history.torn).toBe(true)
  // All that was answered is there; the one whose answer was under way may be cut off.
  expect(history.count).toBeGreaterThanOrEqual(18)
  expect(history.count).toBeLessThanOrEqual(seen)
  expect(Number(sent)).toBeLessThanOrEqual(seen)
  expect(tally(history)[1]).toBe(0)
})

test('all that is wrong with the variables is told at once, and nothing is sent', async () => {
  const run = ask('requests-per-api-key', { ONSET_RATE: 'fast' })
  const { code, said } = await run.ended
  expect(code).not.toBe(0)
  expect(said).toContain('ONSET_URL is not set; expected the address of OnCall')
  expect(said).toContain('ONSET_API_KEY is not set; expected an API key')
  expect(said).toContain('ONSET_RATE is fast; expected a number above 0')
})
