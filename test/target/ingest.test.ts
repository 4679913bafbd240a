import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { client, eventually, type Fixture, send } from './client.ts'

let target: SpawnedTarget
let onset: ReturnType<typeof client>

beforeAll(async () => {
  target = await spawnTarget({ limits: { apiKey: null }, processingDelayMs: 50, maxBodyBytes: 2_048 })
  onset = client(target.url)
})
afterAll(() => target.stop())

interface Group {
  id: string
  alerts_count: number
  state: string
  title: string
}

/** The groups of an integration, oldest first, once they hold so many alerts. */
async function groups({ id }: Fixture, alerts: number): Promise<Group[]> {
  const { body } = await eventually(
    () => onset.api('GET', `alert_groups/?integration_id=${id}`),
    ({ body }) => body.results.reduce((sum: number, group: Group) => sum + group.alerts_count, 0) === alerts,
  )
  return body.results.reverse()
}

describe('formatted_webhook', () => {
  test('alerts of one alert_uid fall into one group, which counts them; its payloads are kept', async () => {
    const fixture = await onset.integration()
    const sent = [1, 2, 3].map((n) => ({ alert_uid: 'same', title: 'Disk full', message: `no. ${n}` }))
    for (const body of sent) {
      const { status, body: answer } = await onset.alert(fixture.link, body)
      expect([status, answer]).toEqual([200, { detail: 'Ok.' }])
    }
    const [group, ...others] = await groups(fixture, 3)
    expect(others).toEqual([])
    expect(group).toMatchObject({ alerts_count: 3, state: 'new', title: 'Disk full' })
    const { body } = await onset.api('GET', `alerts/?alert_group_id=${group?.id}`)
    expect(body.results.map((alert: { payload: unknown }) => alert.payload).reverse()).toEqual(sent)
    expect(body.results[0].alert_group_id).toBe(group?.id)
    expect((await onset.api('GET', `alert_groups/${group?.id}/`)).body.last_alert).toEqual(body.results[0])
  })

  test('other uids, other integrations, and no uid at all are groups of their own', async () => {
    const [first, second] = [await onset.integration(), await onset.integration()]
    await onset.alert(first.link, { alert_uid: 'a' })
    await onset.alert(first.link, { alert_uid: 7 })
    await onset.alert(first.link, { message: 'alone' })
    await onset.alert(first.link, { message: 'alone' })
    await onset.alert(second.link, { alert_uid: 'a' })
    expect((await groups(first, 4)).map(({ title }) => title)).toEqual(['Alert', 'Alert', 'alone', 'alone'])
    expect(await groups(second, 1)).toHaveLength(1)
  })

  test('state ok resolves the group, and the next alert of its uid opens another', async () => {
    const fixture = await onset.integration()
    for (const state of ['alerting', 'ok', 'alerting'])
      await onset.alert(fixture.link, { alert_uid: 'u', state })
    expect((await groups(fixture, 3)).map(({ state, alerts_count }) => [state, alerts_count])).toEqual([
      ['resolved', 2],
      ['new', 1],
    ])
  })
})

test('webhook takes any JSON, each alert in a group of its own', async () => {
  const fixture = await onset.integration('webhook')
  for (const body of ['{"alert_uid":"u"}', '{"alert_uid":"u"}', '[1]', '"text"', 'null', '0'])
    expect((await onset.alert(fixture.link, body)).status).toBe(200)
  expect(await groups(fixture, 6)).toHaveLength(6)
})

test('alertmanager takes several alerts at once, grouped by fingerprint or labels, and their end', async () => {
  const fixture = await onset.integration('alertmanager')
  const alert = (alertname: string, rest: object = {}) => ({
    status: 'firing',
    labels: { alertname },
    ...rest,
  })
  const bodies = [
    { alerts: [alert('Disk', { fingerprint: 'f1' }), alert('Memory'), alert('Memory')] },
    { alerts: [alert('Disk', { fingerprint: 'f1', status: 'resolved' })] },
    { alerts: [] },
  ]
  for (const body of bodies) expect((await onset.alert(fixture.link, body)).status).toBe(200)
  expect(await groups(fixture, 4)).toMatchObject([
    { title: 'Disk', alerts_count: 2, state: 'resolved' },
    { title: 'Memory', alerts_count: 2, state: 'new' },
  ])
})

test('an alert shows in its group later than it was accepted', async () => {
  const slow = await spawnTarget({ processingDelayMs: 300 })
  try {
    const { api, alert, integration } = client(slow.url)
    const { id, link } = await integration()
    const count = async () => (await api('GET', `alert_groups/?integration_id=${id}`)).body.count
    const sentMs = Date.now()
    expect((await alert(link)).status).toBe(200)
    await eventually(count, (groups) => groups === 1)
    expect(Date.now() - sentMs).toBeGreaterThanOrEqual(299)
  } finally {
    await slow.stop()
  }
})

describe('what is refused', () => {
  test('a wrong token, a token of another type, an unknown type or a missing slash', async () => {
    const { link } = await onset.integration('webhook')
    const { body } = await onset.alert(link.replace('/webhook/', '/alertmanager/'))
    expect(body.detail).toBe('This address is for alertmanager, and its integration is of type webhook.')
    const answers = [
      link.replace('/webhook/', '/alertmanager/'),
      `${target.url}/integrations/v1/webhook/nobody/`,
      `${target.url}/integrations/v1/webhook//`,
      link.replace('/webhook/', '/pager/'),
      link.slice(0, -1),
      `${link}further/`,
    ].map(async (url) => (await onset.alert(url)).status)
    expect(await Promise.all(answers)).toEqual([403, 403, 403, 404, 404, 404])
  })

  test('other methods than POST', async () => {
    const { link } = await onset.integration()
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, headers } = await send(method, link)
      expect([status, headers.get('allow')]).toEqual([405, 'POST'])
    }
  })

  test.each([
    ['formatted_webhook', '{"alert_uid":', 'JSON parse error'],
    ['formatted_webhook', '', 'empty'],
    ['formatted_webhook', '[]', 'object'],
    ['webhook', 'alert!', 'JSON parse error'],
    ['alertmanager', '{}', '"alerts"'],
    ['alertmanager', '{"alerts":[1]}', '"alerts"'],
  ])('%s: a body such as %j, with the reason', async (type, body, reason) => {
    const fixture = await onset.integration(type)
    const { status, body: answer } = await onset.alert(fixture.link, body)
    expect(status).toBe(400)
    expect(answer.detail).toContain(reason)
    expect(await groups(fixture, 0)).toEqual([])
  })

  test('a body that is too long, which is not read to its end', async () => {
    const { link } = await onset.integration()
    const { status, body } = await onset.alert(link, { message: 'x'.repeat(4_000) })
    expect([status, body.detail]).toEqual([413, 'The body is longer than 2048 bytes.'])
    expect((await onset.alert(link)).status).toBe(200)
  })
})

test('a heartbeat is a GET or a POST below the link', async () => {
  const { link } = await onset.integration()
  expect((await send('GET', `${link}heartbeat/`)).status).toBe(200)
  expect((await send('POST', `${link}heartbeat/`, { body: '' })).status).toBe(200)
  expect((await send('PUT', `${link}heartbeat/`)).status).toBe(405)
})
