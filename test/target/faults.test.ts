import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { parseTargetConfig, type TargetConfigInput } from '../../lib/target/index.ts'
import type { Fixture } from './client.ts'
import { started } from './started.ts'

/** A target with these faults. */
const wrong = (faults: TargetConfigInput['faults'], more: Omit<TargetConfigInput, 'faults'> = {}) =>
  started({ processingDelayMs: 0, ...more, faults })

type Wrong = Awaited<ReturnType<typeof wrong>>

async function send(target: Wrong, { link }: Fixture, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < count; n++) {
    statuses.push((await target.alert(link, { alert_uid: 'one', message: `no. ${n}` })).status)
  }
  return statuses
}

async function countOf(target: Wrong, { id }: Fixture): Promise<number> {
  const { body } = await target.api('GET', `alert_groups/?integration_id=${id}`)
  return body.results.reduce((sum: number, group: { alerts_count: number }) => sum + group.alerts_count, 0)
}

/** The numbers of the alerts that exist, as often as each does. */
async function numbersOf(target: Wrong, { id }: Fixture): Promise<number[]> {
  const { body } = await target.api('GET', `alert_groups/?integration_id=${id}`)
  const alerts = await target.api('GET', `alerts/?alert_group_id=${body.results[0].id}&perpage=100`)
  return alerts.body.results
    .map(({ payload }: { payload: { message: string } }) => Number(payload.message.slice(4)))
    .reverse()
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Why a request got no proper answer: the code of the error beneath. */
async function brokenBy(request: Promise<unknown>): Promise<string | undefined> {
  try {
    await request
    return undefined
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    return cause?.code ?? (error as Error).name
  }
}

describe('what becomes of alerts', () => {
  test('without a fault: each is there once, and none that was refused', async () => {
    const target = await wrong({}, { limits: { integration: { limit: 5 } } })
    const fixture = await target.integration()
    expect(await send(target, fixture, 8)).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
    expect(await numbersOf(target, fixture)).toEqual(upTo(5))
  })

  test('loseOneIn: every n-th that was accepted is not there', async () => {
    const target = await wrong({ loseOneIn: 3 })
    const fixture = await target.integration()
    expect(await send(target, fixture, 7)).toEqual(Array(7).fill(200))
    expect(await numbersOf(target, fixture)).toEqual([0, 1, 3, 4, 6])
    expect(await countOf(target, fixture)).toBe(5)
  })

  test('doubleOneIn: every n-th that was accepted is there twice', async () => {
    const target = await wrong({ doubleOneIn: 2 })
    const fixture = await target.integration()
    await send(target, fixture, 4)
    expect(await numbersOf(target, fixture)).toEqual([0, 1, 1, 2, 3, 3])
  })

  test('takeInRefusedOneIn: every n-th that was refused is there all the same', async () => {
    const target = await wrong({ takeInRefusedOneIn: 2 }, { limits: { integration: { limit: 2 } } })
    const fixture = await target.integration()
    expect(await send(target, fixture, 6)).toEqual([200, 200, 429, 429, 429, 429])
    expect(await numbersOf(target, fixture)).toEqual([0, 1, 3, 5])
  })

  test('staleCountsMs: the count of a group is the one that it had before', async () => {
    const target = await wrong({ staleCountsMs: 600_000 })
    const fixture = await target.integration()
    await send(target, fixture, 2)
    expect(await countOf(target, fixture)).toBe(2)
    await send(target, fixture, 3)
    expect(await countOf(target, fixture)).toBe(2)
    expect(await numbersOf(target, fixture)).toHaveLength(5)
  })
})

test('notifyAnyway: a route keeps its escalation chain, whatever it is told', async () => {
  const target = await wrong({ notifyAnyway: true })
  const { route } = await target.integration()
  const { status } = await target.api('PUT', `routes/${route}/`, { escalation_chain_id: null })
  expect(status).toBe(200)
  const { body } = await target.api('GET', `routes/${route}/`)
  expect(body.escalation_chain_id).toEqual(expect.any(String))
})

test('hideRetryAfter: a refusal does not say how long to wait', async () => {
  const refusals = [{}, { hideRetryAfter: true }].map(async (faults) => {
    const target = await wrong(faults, { limits: { integration: { limit: 1 } } })
    const { link } = await target.integration()
    await target.alert(link)
    const { status, headers, body } = await target.alert(link)
    return { status, says: headers.has('retry-after'), words: body.detail !== '' }
  })
  expect(await Promise.all(refusals)).toEqual([
    { status: 429, says: true, words: true },
    { status: 429, says: false, words: true },
  ])
})

describe('disturbances', () => {
  test('meet the requests that they are for: so many later, a burst of each so many, so often', async () => {
    const target = await wrong({
      disturbances: [{ how: 'server-error', on: 'api', after: 1, every: 4, burst: 2, times: 5 }],
    })
    const statuses: number[] = []
    for (let n = 0; n < 16; n++) statuses.push((await target.api('GET', 'users/current/')).status)
    const [ok, no] = [200, 503]
    expect(statuses).toEqual([ok, no, no, ok, ok, no, no, ok, ok, no, ok, ok, ok, ok, ok, ok])
  })

  test('begin after so many alerts, and spare the other side', async () => {
    const target = await wrong({ disturbances: [{ how: 'server-error', on: 'api', afterAlerts: 2 }] })
    const { link } = await target.integration()
    const answers = async () => [
      (await target.alert(link)).status,
      (await target.api('GET', 'users/current/')).status,
    ]
    expect(await answers()).toEqual([200, 200])
    expect(await answers()).toEqual([200, 503])
    expect(await answers()).toEqual([200, 503])

    const ingest = await wrong({ disturbances: [{ how: 'server-error', on: 'ingest', afterAlerts: 2 }] })
    expect(await send(ingest, await ingest.integration(), 4)).toEqual([200, 200, 503, 503])
  })

  test('server-error: nothing is done, or everything, as it is told', async () => {
    for (const handled of [false, true]) {
      const target = await wrong({
        disturbances: [{ how: 'server-error', status: 502, on: 'ingest', handled }],
      })
      const fixture = await target.integration()
      expect(await send(target, fixture, 3)).toEqual([502, 502, 502])
      expect(await countOf(target, fixture)).toBe(handled ? 3 : 0)
    }
  })

  test('slow: the proper answer comes later, and to nobody who has left', async () => {
    const target = await wrong({ disturbances: [{ how: 'slow', ms: 500, on: 'api' }] })
    const answered: string[] = []
    const slow = target.api('GET', 'users/current/').then(({ status }) => answered.push(`slow ${status}`))
    const { status } = await fetch(`${target.url}/health/`)
    answered.push(`other ${status}`)
    await slow
    expect(answered).toEqual(['other 200', 'slow 200'])
    const left = fetch(`${target.url}/api/v1/users/current/`, { signal: AbortSignal.timeout(50) })
    expect(await brokenBy(left)).toBe('TimeoutError')
  })

  test('reset: the connection breaks, and the alert may have been taken in', async () => {
    const target = await wrong({ disturbances: [{ how: 'reset', on: 'ingest', handled: true, every: 2 }] })
    const fixture = await target.integration()
    expect(await brokenBy(target.alert(fixture.link))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    expect((await target.alert(fixture.link)).status).toBe(200)
    expect(await countOf(target, fixture)).toBe(2)
  })

  test('half-open: the connection is accepted, and nothing is ever said on it', async () => {
    const target = await wrong({ disturbances: [{ how: 'half-open', on: 'api' }] })
    const { hostname, port } = new URL(target.url)
    const socket = connect(Number(port), hostname)
    let said = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await once(socket, 'connect')
    socket.write(`GET /api/v1/users/current/ HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`)
    // Another request on its way through the same server shows that this one was read.
    expect((await fetch(`${target.url}/health/`)).status).toBe(200)
    expect(said).toBe('')
    const closed = once(socket, 'close')
    await target.close()
    await closed
    expect(said).toBe('')
  })

  test('drip: the headers come at once and the body byte by byte', async () => {
    const target = await wrong({ disturbances: [{ how: 'drip', everyMs: 1, on: 'ingest' }] })
    const { link } = await target.integration()
    const response = await fetch(link, { method: 'POST', body: '{}' })
    const chunks: number[] = []
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk.length)
    expect(response.status).toBe(200)
    expect(chunks.reduce((sum, length) => sum + length, 0)).toBe('{"detail":"Ok."}'.length)
    expect(chunks.length).toBeGreaterThan(1)
  })

  test('redirect: to the same place elsewhere', async () => {
    const target = await wrong({
      disturbances: [
        { how: 'redirect', to: 'http://elsewhere.example/', on: 'api', status: 307 },
        { how: 'redirect', to: 'http://127.0.0.1:9', on: 'ingest' },
      ],
    })
    const asked = async (path: string, method: string) => {
      const { status, headers } = await fetch(target.url + path, { method, redirect: 'manual' })
      return [status, headers.get('location')]
    }
    expect(await asked('/api/v1/users/current/?a=b', 'GET')).toEqual([
      307,
      'http://elsewhere.example/api/v1/users/current/?a=b',
    ])
    expect(await asked('/integrations/v1/webhook/token/', 'POST')).toEqual([
      302,
      'http://127.0.0.1:9/integrations/v1/webhook/token/',
    ])
  })

  test('wrong-content: a page that asks to sign in, where JSON should be', async () => {
    const target = await wrong({ disturbances: [{ how: 'wrong-content', on: 'api' }] })
    const response = await fetch(`${target.url}/api/v1/users/current/`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await response.text()).toContain('sign in')
  })
})

test('a configuration with mistakes names each', () => {
  const parsed = parseTargetConfig({ faults: { loseOneIn: 0, disturbances: [{ how: 'explode' }], typo: 1 } })
  expect(parsed).toMatchObject({ valid: false })
  const mistakes = parsed.valid ? [] : parsed.mistakes
  for (const place of ['faults.loseOneIn', 'faults.disturbances.0', 'typo']) {
    expect(mistakes.join('\n')).toContain(place)
  }
})
