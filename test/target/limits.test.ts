import { afterEach, describe, expect, test } from 'vitest'
import { algorithms } from '../../lib/spec/index.ts'
import { type SpawnedTarget, spawnTarget, type TargetConfigInput } from '../../lib/target/index.ts'
import { client, eventually, type Reply, send } from './client.ts'
import { startedWithClock } from './started.ts'

let spawned: SpawnedTarget | undefined

async function spawnWith(config: TargetConfigInput) {
  spawned = await spawnTarget(config)
  return client(spawned.url)
}

afterEach(async () => {
  await spawned?.stop()
  spawned = undefined
})

/** Sends one after the other until one is refused; how many were accepted, and the refusal. */
async function untilRefused(request: () => Promise<Reply>, most: number) {
  for (let accepted = 0; accepted <= most; accepted++) {
    const reply = await request()
    if (reply.status === 429) return { accepted, reply }
    expect(reply.status).toBe(200)
  }
  throw new Error(`${most} requests and no refusal`)
}

/** No window ends during the test: an hour, starting now, or a refill that takes minutes. */
const still = (algorithm: (typeof algorithms)[number], limit: number) => ({
  algorithm,
  limit,
  windowMs: 3_600_000,
  phaseMs: Date.now(),
})

describe.each(algorithms)('%s, over real sockets', (algorithm) => {
  test('each limit begins to refuse at exactly its number, and says which it is', async () => {
    const { integration, alert, api } = await spawnWith({
      limits: {
        integration: still(algorithm, 7),
        organization: still(algorithm, 11),
        apiKey: still(algorithm, 9),
      },
      processingDelayMs: 0,
    })
    const [a, b] = [await integration(), await integration()]
    const inner = await untilRefused(() => alert(a.link), 20)
    const outer = await untilRefused(() => alert(b.link), 20)
    // Two of the key's nine were spent on the two integrations.
    const key = await untilRefused(() => api('GET', 'alert_groups/'), 20)
    expect([inner.accepted, outer.accepted, key.accepted]).toEqual([7, 4, 7])
    expect([inner, outer, key].map(({ reply }) => reply.body.detail)).toEqual([
      'Too many alerts from this integration: 7 in 1h allowed.',
      'Too many alerts from the whole organization: 11 in 1h allowed.',
      'Too many API requests with this API key: 9 in 1h allowed.',
    ])
    for (const { reply } of [inner, outer, key]) {
      expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(3_600)
    }
  })
})

test('the documented limits are the default: 300, 500 and 300', async () => {
  const { integration, alert, api } = await startedWithClock({ processingDelayMs: 0 })
  const [a, b] = [await integration(), await integration()]
  expect((await untilRefused(() => alert(a.link), 400)).accepted).toBe(300)
  expect((await untilRefused(() => alert(b.link), 400)).accepted).toBe(200)
  const groups = await api('GET', 'alert_groups/')
  expect(groups.body.results.map((group: { alerts_count: number }) => group.alerts_count)).toEqual([200, 300])
  const { accepted, reply } = await untilRefused(() => api('GET', 'users/current/'), 400)
  expect(accepted).toBe(300 - 3)
  expect(reply.body.detail).toBe('Too many API requests with this API key: 300 in 5m allowed.')
})

test('a short window refuses, ends by the real clock, and lets through again', async () => {
  const { integration, alert } = await spawnWith({
    limits: { integration: { algorithm: 'first-hit-window', limit: 2, windowMs: 700 } },
  })
  const { link } = await integration()
  const { accepted, reply } = await untilRefused(() => alert(link), 1_000)
  expect(accepted).toBeGreaterThanOrEqual(2)
  expect(reply.headers.get('retry-after')).toBe('1')
  await eventually(
    () => alert(link),
    ({ status }) => status === 200,
  )
})

describe('Retry-After is true', () => {
  test.each(algorithms)('%s: refused a second before, accepted then', async (algorithm) => {
    const limit = { algorithm, limit: 4, windowMs: 60_000, phaseMs: 500 }
    const { integration, alert, clock } = await startedWithClock({ limits: { integration: limit } })
    const { link } = await integration()
    for (let n = 0; n < 40; n++) {
      const { status, headers } = await alert(link)
      clock.nowUs += 1_300_000
      if (status === 200) continue
      clock.nowUs -= 1_300_000
      const seconds = Number(headers.get('retry-after'))
      expect(seconds).toBeGreaterThanOrEqual(1)
      clock.nowUs += (seconds - 1) * 1_000_000
      expect((await alert(link)).status).toBe(429)
      clock.nowUs += 1_000_000
      expect((await alert(link)).status).toBe(200)
    }
  })

  test('where no wait would help there is none', async () => {
    const { integration, alert } = await startedWithClock({ limits: { integration: { limit: 0 } } })
    const { status, headers } = await alert((await integration()).link)
    expect([status, headers.has('retry-after')]).toEqual([429, false])
  })
})

describe('what counts', () => {
  test('fixed windows start where the configuration says: the epoch, or a hash of the key', async () => {
    const boundaries = async (phaseMs: number | 'hashed') => {
      const { integration, alert, clock } = await startedWithClock({
        limits: { integration: { limit: 1, windowMs: 60_000, phaseMs }, organization: null },
      })
      const ends: number[] = []
      for (const { link } of [await integration(), await integration()]) {
        expect((await alert(link)).status).toBe(200)
        const { headers } = await alert(link)
        ends.push((clock.nowUs / 1e6 + Number(headers.get('retry-after'))) % 60)
      }
      return ends
    }
    expect(await boundaries(0)).toEqual([0, 0])
    expect(await boundaries(17_000)).toEqual([17, 17])
    const [first, second] = await boundaries('hashed')
    expect(first).not.toBe(second)
    expect(await boundaries('hashed')).toEqual([first, second])
  })

  test('integrations count apart, keys count apart, and alerts do not use up a key', async () => {
    const limits = { integration: { limit: 2 }, organization: null, apiKey: { limit: 3 } }
    const { integration, alert, api, url } = await startedWithClock({
      limits,
      keys: [
        { key: 'onset-embedded-key', user: 'UONSET' },
        { key: 'second', user: 'UONSET' },
      ],
    })
    const [a, b] = [await integration(), await integration()]
    for (const { link } of [a, b]) expect((await untilRefused(() => alert(link), 9)).accepted).toBe(2)
    expect((await untilRefused(() => api('GET', 'users/current/'), 9)).accepted).toBe(1)
    const other = client(url, 'second')
    expect((await untilRefused(() => other.api('GET', 'users/current/'), 9)).accepted).toBe(3)
  })

  test('a request with a good credential counts whatever it is answered; a heartbeat and a 403 do not', async () => {
    const { integration, alert, api } = await startedWithClock({
      limits: { integration: { limit: 3 }, apiKey: { limit: 5 } },
    })
    const { link } = await integration()
    for (let n = 0; n < 9; n++) {
      expect((await send('POST', `${link}heartbeat/`)).status).toBe(200)
      expect((await send('GET', link.replace(/integrations.*/, 'api/v1/users/current/'))).status).toBe(403)
    }
    const bodies = ['{', '{}', '{', '{}', '{']
    const alerts: number[] = []
    for (const body of bodies) alerts.push((await alert(link, body)).status)
    expect(alerts).toEqual([400, 200, 400, 429, 429])

    const asked: number[] = []
    for (const [method, path] of [
      ['GET', 'users/current/'],
      ['GET', 'integrations/C0/'],
      ['POST', 'routes/'],
      ['GET', 'alert_groups/?state=loud'],
      ['GET', 'users/current/'],
    ] as const)
      asked.push((await api(method, path)).status)
    expect(asked).toEqual([200, 404, 405, 400, 429])
  })

  test.each([
    ['alerts', [200, 429, 200, 429]],
    ['request', [200, 200, 200, 200]],
  ] as const)('several alerts in one payload count by %s', async (payloadCost, expected) => {
    const { integration, alert } = await startedWithClock({
      limits: { integration: { limit: 5 } },
      payloadCost,
    })
    const { link } = await integration('alertmanager')
    const statuses: number[] = []
    for (const count of [3, 3, 2, 1])
      statuses.push((await alert(link, { alerts: Array.from({ length: count }, () => ({})) })).status)
    expect(statuses).toEqual(expected)
  })

  test('what refusals use up is as configured', async () => {
    const log = { algorithm: 'sliding-log', limit: 1, windowMs: 10_000, limitedRequests: 'counted' } as const
    const { integration, alert, clock } = await startedWithClock({ limits: { integration: log } })
    const { link } = await integration()
    const statuses: number[] = []
    for (const waitMs of [0, 6_000, 6_000, 10_000]) {
      clock.nowUs += waitMs * 1_000
      statuses.push((await alert(link)).status)
    }
    expect(statuses).toEqual([200, 429, 429, 200])
  })

  test('a refused alert is in no group', async () => {
    const { integration, alert, api } = await startedWithClock({
      limits: { integration: { limit: 2 } },
      processingDelayMs: 0,
    })
    const { link } = await integration()
    for (let n = 0; n < 5; n++) await alert(link)
    expect((await api('GET', 'alert_groups/')).body.results[0].alerts_count).toBe(2)
  })
})

test('with nameRefuser off a refusal does not say whose it is', async () => {
  const { integration, alert, api } = await startedWithClock({
    limits: { integration: { limit: 1 }, organization: { limit: 2 }, apiKey: { limit: 2 } },
    nameRefuser: false,
  })
  const [a, b] = [await integration(), await integration()]
  const refusals = [
    (await untilRefused(() => alert(a.link), 9)).reply,
    (await untilRefused(() => alert(b.link), 9)).reply,
    await api('GET', 'users/current/'),
  ]
  expect(refusals.map(({ status, body }) => [status, body])).toEqual(
    Array(3).fill([429, { detail: 'Too many requests. Please try again later.' }]),
  )
})
