import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createOncall, type OncallProblem, readBackAlerts } from '../../lib/oncall/index.ts'
import { changed } from './changed.ts'
import { printedSeed } from './run-kit.ts'

const inputs = Number(process.env.ONSET_INPUTS ?? 4_000)
const seed = printedSeed()
const runId = '20261125-191200-a1b2'
const url = 'https://oncall.example.org'
const apiKey = 'a-key-that-nobody-may-see'

const loudRoute = {
  id: 'R1',
  escalation_chain_id: 'F1',
  slack: { channel_id: 'C1', enabled: true },
  telegram: null,
}
const quietRoute = { id: 'R1', escalation_chain_id: null, slack: { channel_id: null, enabled: false } }
const integration = {
  id: 'I1',
  name: `Onset load test ${runId} A`,
  type: 'formatted_webhook',
  link: `${url}/integrations/v1/formatted_webhook/token/`,
  default_route: loudRoute,
}
const list = (...results: unknown[]) => ({ next: null, results })

/** What OnCall answers, by the beginning of a request; the first that fits counts. */
const answers: readonly (readonly [request: string, body: unknown])[] = [
  [
    'GET users/current/',
    { id: 'U1', username: 'anna', email: 'a@example.org', role: 'admin', teams: ['T1'] },
  ],
  ['GET users/', { id: 'U2', username: 'ben' }],
  ['POST integrations/', integration],
  ['GET integrations/I1/', integration],
  ['GET integrations/', list(integration, { id: 'I2', name: null })],
  ['DELETE integrations/', undefined],
  ['PUT routes/', quietRoute],
  ['GET routes/R1/', quietRoute],
  ['GET routes/', list({ ...loudRoute, position: 0, routing_regex: 'a.*', is_the_last_route: false })],
  ['GET escalation_chains/', { id: 'F1', name: 'night' }],
  [
    'GET escalation_policies/',
    list({ type: 'notify_persons', persons_to_notify: ['U2'] }, { notify_on_call_from_schedule: 'S1' }),
  ],
  ['GET webhooks/', list({ id: 'W1', name: 'hook', is_webhook_enabled: true, integration_filter: ['I1'] })],
  [
    'GET alert_groups/',
    list({
      id: 'G1',
      alerts_count: 3,
      state: 'new',
      title: `Onset ${runId}`,
      last_alert: { payload: { alert_uid: 'x' } },
    }),
  ],
  ['POST alert_groups/', {}],
  ['GET alerts/', list({ id: 'L1', payload: { message: 'x', labels: { request: `${runId} f0.1` } } })],
]

type Outcome = { problems: OncallProblem[] }
const none: Outcome = { problems: [] }
const of = (result: { ok: boolean; problem?: OncallProblem }): Outcome =>
  result.problem === undefined ? none : { problems: [result.problem] }

const oncall = () => createOncall({ url, apiKey, descriptor: 'K', onRequest: () => undefined })
const patience = { waitMs: 0 }
const ours = { integrationId: 'I1', descriptor: 'A', runId, own: true }

/** Everything that a run asks of OnCall; each returns the problems that it told. */
const asked: readonly (readonly [string, () => Promise<Outcome>])[] = [
  ['whom the key belongs to', async () => of(await oncall().preflight())],
  ['an integration that a spec names', async () => of(await oncall().readNamed(['I1']))],
  ['the outgoing webhooks', async () => of(await oncall().readWebhooks(['I1']))],
  [
    'integrations of its own',
    async () => {
      const made = await oncall().createFixtures(runId, ['A'])
      if (!made.ok) return { problems: [made.problem, ...made.left.map(({ problem }) => problem)] }
      for (const { link, token } of made.value) {
        expect(new URL(link).origin).toBe(url)
        expect(token).toMatch(/./)
      }
      const left = await oncall().removeFixtures(made.value, patience)
      return { problems: left.map(({ problem }) => problem) }
    },
  ],
  [
    'its alert groups, to resolve them',
    async () => {
      const left = await oncall().resolveGroups([ours], 0, patience)
      return { problems: left.map(({ problem }) => problem) }
    },
  ],
  ['what is left of runs', async () => of(await oncall().findRemains(patience))],
  [
    'what became of alerts',
    async () => {
      let nowMs = 2_000
      const clock = {
        nowMs: () => nowMs,
        pause: async (ms: number) => {
          nowMs += ms
          return true
        },
      }
      const sent = {
        accepted: new Set(['f0.1', 'f0.2']),
        limited: new Set<string>(),
        unknown: new Set<string>(),
        firstMs: 0,
        lastAcceptedMs: 1_000,
      }
      const options = { url, apiKey, descriptor: 'K', onRequest: () => undefined }
      const bounds = { deliveredWithinMs: 2_000, patienceMs: 1_000 }
      const read = await readBackAlerts(options, runId, [{ ...ours, sent }], clock, bounds)
      const sentences = read.flatMap(({ problem }) => problem ?? [])
      return { problems: sentences.map((sentence) => ({ kind: 'unexpected', sentence })) }
    },
  ],
]

/** Lets the API answer: of each request the text that OnCall gives, or another one for one of them. */
function answering(other: { index: number; text: string; status: number; retryAfter: string } | undefined) {
  const requests: string[] = []
  vi.stubGlobal('fetch', async (address: string, { method }: RequestInit) => {
    const request = `${method} ${address.slice(`${url}/api/v1/`.length)}`
    requests.push(request)
    const index = answers.findIndex(([beginning]) => request.startsWith(beginning))
    const isOther = index === other?.index
    const text = isOther ? other.text : (JSON.stringify(answers[index]?.[1]) ?? '')
    const status = isOther ? other.status : index < 0 ? 404 : 200
    const headers = { 'retry-after': other?.retryAfter ?? '1', location: other?.retryAfter ?? '/' }
    return new Response([204, 304].includes(status) || text === '' ? null : text, { status, headers })
  })
  return requests
}

/** A value that stands somewhere else in JSON, where another one is expected. */
const odd = fc.constantFrom<unknown>(
  ...[null, true, -1, 1e300, '', '\ud800', '../..', '//evil.test/', '?', '#', '__proto__', {}, [], [[[]]]],
  ...[`${url}/`, `${url}`, 'http://[', 'https://evil.test/integrations/v1/x/', 'x'.repeat(10_000)],
)

/** A document of JSON with one value in it, or the whole, exchanged for an odd one. */
function exchanged(good: string): fc.Arbitrary<string> {
  let values = 0
  JSON.parse(good, (_, value) => {
    values++
    return value
  })
  return fc.tuple(fc.nat(values - 1), odd).map(([which, value]) => {
    let at = 0
    return JSON.stringify(JSON.parse(good, (_, old) => (at++ === which ? value : old)))
  })
}

const others = fc.nat(answers.length - 1).chain((index) => {
  const good = JSON.stringify(answers[index]?.[1] ?? {})
  return fc.record({
    index: fc.constant(index),
    text: fc.oneof(changed(good), exchanged(good)),
    status: fc.oneof(
      { arbitrary: fc.constant(200), weight: 6 },
      { arbitrary: fc.constantFrom(201, 204, 301, 304, 401, 404, 429, 500, 599), weight: 1 },
    ),
    retryAfter: fc.constantFrom(
      '1',
      '-1',
      '1e9',
      '9'.repeat(30),
      'Wed, 21 Oct 2015 07:28:00 GMT',
      'http://[',
      '',
    ),
  })
})

describe('whatever OnCall answers', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(asked)('to a run that asks for %s, what is wrong is told in words', async (_, ask) => {
    const requests = answering(undefined)
    expect(await ask()).toEqual(none)
    // Only documents that are asked for are worth changing.
    const met = new Set(
      requests.map((request) => answers.findIndex(([beginning]) => request.startsWith(beginning))),
    )
    let told = 0
    await fc.assert(
      fc.asyncProperty(
        others.filter(({ index }) => met.has(index)),
        async (other) => {
          answering(other)
          for (const { sentence } of (await ask()).problems) {
            told++
            expect(sentence).toMatch(/^[A-Z].*[.)]$/s)
            expect(sentence).not.toContain(apiKey)
          }
        },
      ),
      { numRuns: Math.ceil(inputs / 8), seed },
    )
    expect(told).toBeGreaterThan(0)
  })

  it('is read to its end where a page has 300,000 entries', async () => {
    const page = (item: unknown) => JSON.stringify({ next: null, results: new Array(300_000).fill(item) })
    const index = (beginning: string) => answers.findIndex(([request]) => request === beginning)
    const more = { status: 200, retryAfter: '1' }
    answering({ ...more, index: index('GET integrations/'), text: page({ id: 'I3', name: 'other' }) })
    expect(await oncall().findRemains(patience)).toEqual({ ok: true, value: [] })
    answering({ ...more, index: index('GET alert_groups/'), text: page({ id: 'G1', alerts_count: 0 }) })
    const whatBecame = asked.find(([name]) => name === 'what became of alerts')?.[1]
    expect(await whatBecame?.()).toEqual(none)
  })
})
