import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Binding, bindingMistakes, bodyFor, laneOf } from '../../lib/fire/bindings.ts'
import { fillDurationMs, k6Options, longestRunMs } from '../../lib/fire/k6-options.ts'
import { nextPage } from '../../lib/fire/paging.ts'
import { createProgress } from '../../lib/fire/progress.ts'
import { createReach } from '../../lib/fire/reach.ts'
import { neverConnected, requestErrorWords } from '../../lib/fire/request-error.ts'
import { scrub } from '../../lib/fire/scrub.ts'
import { fillOf, planOf } from './run-kit.ts'

const binding = (method: Binding['method'], headers = {}): Binding => ({ url: 'http://h/', method, headers })

test('only what a transport never repeats travels on kept connections', () => {
  expect(laneOf(binding('POST'))).toBe('kept')
  expect(laneOf(binding('PATCH'))).toBe('kept')
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const)
    expect(laneOf(binding(method))).toBe('fresh')
  expect(laneOf(binding('POST', { 'Idempotency-Key': 'x' }))).toBe('fresh')
  expect(laneOf(binding('POST', { 'x-idempotency-key': 'x' }))).toBe('fresh')
})

test('a body names its request wherever it asks for it', () => {
  expect(bodyFor({ ...binding('POST'), body: '{request}, again {request}' }, 'k1.2')).toBe('k1.2, again k1.2')
  expect(bodyFor(binding('POST'), 'k1.2')).toBeNull()
})

test('all mistakes in bindings are told at once, without the address', () => {
  const bindings = { descriptors: { A: { ...binding('GET'), url: 'ftp://host/secret' } }, secrets: [] }
  expect(bindingMistakes(['A', 'B'], bindings)).toEqual([
    'the address bound to descriptor A is no http or https URL',
    'descriptor B has no address bound to it',
  ])
})

test('each lane gets its own parts of the plan, and a bound within which k6 ends by itself', () => {
  const gauge = {
    scope: 'apiKey',
    limit: 5,
    windowMs: 1_000,
    fillers: ['K'],
    ratePerSecond: 10,
    probeEveryMs: 100,
    confirmRefusals: 1,
    maxFill: 9,
  }
  const plan = planOf({
    descriptors: [
      { name: 'A', scopes: {}, kind: 'alert' },
      { name: 'K', scopes: {}, kind: 'list' },
    ],
    fills: [fillOf(50, 100), { ...fillOf(50, 100), descriptor: 'K', startMs: 500 }, fillOf(50, 0)],
    watches: [
      { name: 'k', gauges: [gauge], startMs: 2_000, deadlineMs: 5_000, maxInFlight: 7, maxRequests: 9 },
    ],
  })
  const bindings = { descriptors: { A: binding('POST'), K: binding('GET') }, secrets: [] }
  const kept = k6Options(plan, bindings, 'kept')
  const fresh = k6Options(plan, bindings, 'fresh')
  expect(kept).toMatchObject({ noConnectionReuse: false, maxRedirects: 0 })
  expect(Object.keys(kept.scenarios)).toEqual(['f0'])
  expect(fresh).toMatchObject({ noConnectionReuse: true, batchPerHost: 7 })
  expect(Object.keys(fresh.scenarios)).toEqual(['f1', 'w0'])
  expect(fresh.scenarios.f1).toMatchObject({ startTime: '500ms', maxVUs: 5, timeUnit: '20000000ns' })
  expect(fresh.scenarios.w0).toMatchObject({ maxDuration: '3000ms', gracefulStop: '4000ms', iterations: 1 })
  expect(longestRunMs(plan)).toBe(5_000 + 2_000 + 2_000)
})

test('a fill has time for its last request, and a second at least', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.double({ min: 0.1, max: 4_000, noNaN: true }), (count, ratePerSecond) => {
      const durationMs = fillDurationMs(count, ratePerSecond)
      expect(durationMs).toBeGreaterThanOrEqual(1_000)
      expect(durationMs).toBeGreaterThan(((count - 1) * 1_000) / ratePerSecond)
    }),
  )
})

test('a next page is followed only within its list', () => {
  const first = 'https://h:8080/api/v1/alert_groups/?perpage=10'
  const next = (body: unknown) => nextPage(first, typeof body === 'string' ? body : JSON.stringify(body))
  const second = 'https://h:8080/api/v1/alert_groups/?page=2'
  expect(next({ next: second })).toBe(second)
  for (const strange of [
    { next: null },
    { next: 'http://h:8080/api/v1/alert_groups/?page=2' },
    { next: 'https://other:8080/api/v1/alert_groups/?page=2' },
    { next: 'https://h:8080@other/api/v1/alert_groups/?page=2' },
    { next: 'https://h:8080/api/v1/alerts/?page=2' },
    { next: 7 },
    null,
    [],
    'no json',
  ]) {
    expect(next(strange)).toBe(first)
  }
  expect(nextPage(first, null)).toBe(first)
})

test('a target counts as unreachable when most of the last connections failed, not before', () => {
  const reached = createReach()
  for (let n = 0; n < 9; n++) expect(reached(0, 1212)).toBe(false)
  expect(reached(0, 1212)).toBe(true)

  const mixed = createReach()
  for (let n = 0; n < 100; n++) expect(mixed(n % 2 === 0 ? 200 : 0, n % 2 === 0 ? 0 : 1212)).toBe(false)

  const slow = createReach()
  for (let n = 0; n < 100; n++) expect(slow(0, 1050)).toBe(false)
})

test('errors are told in words, and only those before a connection count as such', () => {
  expect(requestErrorWords(1050)).toBe('timeout')
  expect(requestErrorWords(1212)).toBe('connection refused')
  expect(requestErrorWords(1213)).toBe('connecting failed')
  expect(requestErrorWords(1101)).toBe('no such host')
  expect(requestErrorWords(1000)).toBe('no response')
  for (const code of [1100, 1101, 1211, 1212, 1310]) expect(neverConnected(code)).toBe(true)
  for (const code of [0, 1000, 1050, 1201, 1220]) expect(neverConnected(code)).toBe(false)
})

test('a secret is blacked out in every form in which it may be told', () => {
  const secrets = ['p@ss/"word"', 'p@ss']
  const text = `a p@ss/"word" b ${encodeURIComponent(secrets[0] as string)} c ${JSON.stringify(secrets)} d p@ss`
  expect(scrub(text, secrets)).toBe('a *** b *** c ["***","***"] d ***')
  expect(scrub('unharmed', [''])).toBe('unharmed')
})

test('the rate is that of the last second', () => {
  const progress = createProgress(10_000)
  const at = (elapsedMs: number, sent: number) => {
    const tally = { sent, accepted: sent, limited: 0, unknown: 0, inFlight: 0 }
    return progress(elapsedMs, new Map([['A', tally]])).descriptors.get('A')?.ratePerSecond
  }
  expect(at(500, 50)).toBe(100)
  expect(at(1_000, 100)).toBe(100)
  expect(at(1_500, 100)).toBe(50)
  expect(at(2_000, 100)).toBe(0)
  expect(progress(12_000, new Map()).leftMs).toBe(0)
})
