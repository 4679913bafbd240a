import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { client, eventually, send } from './client.ts'

let target: SpawnedTarget
let api: ReturnType<typeof client>['api']
let integration: ReturnType<typeof client>['integration']
let alert: ReturnType<typeof client>['alert']

beforeAll(async () => {
  target = await spawnTarget({
    limits: { integration: null, organization: null, apiKey: null },
    organizations: [{ id: 'acme' }, { id: 'other' }],
    users: [
      { id: 'U1', organization: 'acme', username: 'ada', email: 'ada@example.org', role: 'user' },
      { id: 'U2', organization: 'other' },
    ],
    keys: [
      { key: 'key-of-ada', user: 'U1' },
      { key: 'key-of-another', user: 'U2' },
    ],
    processingDelayMs: 30,
    pageSize: 4,
    maxPageSize: 6,
  })
  ;({ api, integration, alert } = client(target.url, 'key-of-ada'))
})
afterAll(() => target.stop())

const groupsOf = (integrationId: string) => api('GET', `alert_groups/?integration_id=${integrationId}`)
const settled = (integrationId: string, alerts: number) =>
  eventually(
    () => groupsOf(integrationId),
    ({ body }) =>
      body.results.reduce((sum: number, group: { alerts_count: number }) => sum + group.alerts_count, 0) ===
      alerts,
  )

describe('who may ask', () => {
  test('a missing or a wrong key is a 403, on whatever method', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const missing = await send(method, `${target.url}/api/v1/integrations/`)
      const wrong = await send(method, `${target.url}/api/v1/integrations/`, {
        headers: { authorization: 'nobody' },
      })
      expect([missing.status, wrong.status]).toEqual([403, 403])
      expect([missing.body.detail, wrong.body.detail]).toEqual([
        'Authentication credentials were not provided.',
        'Invalid token.',
      ])
    }
  })

  test('another organization does not see ours', async () => {
    const { id, route, link } = await integration()
    await alert(link)
    const group = (await settled(id, 1)).body.results[0].id
    const stranger = client(target.url, 'key-of-another')
    for (const path of [`integrations/${id}/`, `routes/${route}/`, `alert_groups/${group}/`])
      expect((await stranger.api('GET', path)).status).toBe(404)
    for (const path of ['integrations/', 'routes/', 'alert_groups/', 'alerts/'])
      expect((await stranger.api('GET', path)).body.count).toBe(0)
    expect((await stranger.api('POST', `alert_groups/${group}/resolve`)).status).toBe(404)
    expect((await stranger.api('DELETE', `integrations/${id}/`)).status).toBe(404)
  })

  test('users/current/ says whose key it is', async () => {
    expect((await api('GET', 'users/current/')).body).toEqual({
      id: 'U1',
      username: 'ada',
      email: 'ada@example.org',
      role: 'user',
      timezone: 'UTC',
      teams: [],
    })
    expect((await client(target.url, 'key-of-another').api('GET', 'users/current/')).body).toMatchObject({
      id: 'U2',
      username: 'U2',
      role: 'admin',
    })
    expect((await api('GET', 'users/U2/')).status).toBe(404)
  })
})

describe('what does not exist', () => {
  test.each([
    'nothing/',
    'integrations',
    'integrations/C0/',
    'integrations/C0',
    'integrations/C0/resolve',
    'routes/R0/',
    'alert_groups/I0/',
    'alert_groups/I0/resolve',
    'alert_groups/I0/resolve/further/',
    'alert_groups//resolve',
    'users/',
    '',
    'constructor/',
  ])('/api/v1/%s is a 404', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const { status } = await api(method, path, method === 'GET' ? undefined : {})
      expect([404, 405]).toContain(status)
    }
    expect((await api(path.includes('resolve') ? 'POST' : 'GET', path)).status).toBe(404)
  })

  test('/ and unknown addresses are a 404, /health/ is not', async () => {
    expect((await send('GET', `${target.url}/`)).status).toBe(404)
    expect((await send('GET', `${target.url}/integrations/`)).status).toBe(404)
    expect((await send('GET', `${target.url}/health/`)).body).toEqual({ status: 'ok' })
    expect((await send('POST', `${target.url}/health/`)).status).toBe(405)
  })

  test.each([
    ['PUT', 'integrations/', 'GET, POST'],
    ['POST', 'routes/', 'GET'],
    ['POST', 'alert_groups/', 'GET'],
    ['DELETE', 'alerts/', 'GET'],
    ['POST', 'users/current/', 'GET'],
    ['GET', 'alert_groups/I0/resolve', 'POST'],
    ['PATCH', 'integrations/C0/', 'GET, PUT, DELETE'],
  ])('%s %s is a 405 that says what is allowed', async (method, path, allow) => {
    const { status, headers, body } = await api(method, path)
    expect([status, headers.get('allow'), body.detail]).toEqual([
      405,
      allow,
      `Method "${method}" not allowed.`,
    ])
  })
})

describe('integrations and routes', () => {
  test('an integration is created, read, changed, listed and deleted', async () => {
    const created = await api('POST', 'integrations/', {
      type: 'webhook',
      name: 'first',
      default_route: { escalation_chain_id: null, slack: { channel_id: null, enabled: false } },
    })
    expect(created.status).toBe(201)
    const { id, link } = created.body
    expect(link).toMatch(new RegExp(`^${target.url}/integrations/v1/webhook/[\\w-]{24}/$`))
    expect(created.body).toMatchObject({
      name: 'first',
      type: 'webhook',
      heartbeat: { link: `${link}heartbeat/` },
    })
    expect(created.body.default_route).toMatchObject({
      escalation_chain_id: null,
      slack: { channel_id: null, enabled: false },
    })
    expect((await api('GET', `integrations/${id}/`)).body).toEqual(created.body)

    const changed = await api('PUT', `integrations/${id}/`, { name: 'second' })
    expect(changed.body).toEqual({ ...created.body, name: 'second' })
    const listed = await eventually(
      () => api('GET', 'integrations/?perpage=6'),
      ({ body }) => body.count > 0,
    )
    expect(listed.body.results).toContainEqual(changed.body)

    const deleted = await api('DELETE', `integrations/${id}/`)
    expect([deleted.status, deleted.body]).toEqual([204, undefined])
    expect((await api('GET', `integrations/${id}/`)).status).toBe(404)
    expect((await alert(link)).status).toBe(403)
  })

  test.each([
    [{}, 'type'],
    [{ type: 'pager', name: 'x' }, 'type'],
    [{ type: 'webhook', name: 7 }, 'name'],
    [[], 'body'],
    ['{"type":', 'JSON parse error'],
  ])('a body such as %j is a 400 that names what is wrong', async (body, named) => {
    const { status, body: answer } = await api('POST', 'integrations/', body)
    expect(status).toBe(400)
    expect(answer.detail).toContain(named)
  })

  test('the default route is read back as it was changed', async () => {
    const { id, route } = await integration()
    const before = (await api('GET', `routes/${route}/`)).body
    expect(before).toMatchObject({
      id: route,
      integration_id: id,
      escalation_chain_id: null,
      slack: { channel_id: null, enabled: true },
    })
    const change = { slack: { enabled: false }, telegram: { id: 'T', enabled: true } }
    const after = {
      ...before,
      slack: { channel_id: null, enabled: false },
      telegram: { id: 'T', enabled: true },
    }
    expect((await api('PUT', `routes/${route}/`, change)).body).toEqual(after)
    expect((await api('GET', `routes/?integration_id=${id}`)).body.results).toEqual([after])
    expect((await api('GET', 'routes/?integration_id=C0')).body.count).toBe(0)
    expect((await api('PUT', `routes/${route}/`, { slack: { enabled: 'no' } })).status).toBe(400)
    expect((await api('PUT', `routes/${route}/`, { escalation_chain_id: 'F1' })).status).toBe(400)
  })
})

describe('alert groups', () => {
  test('filters by integration, state, start and route', async () => {
    const [mine, other] = [await integration(), await integration()]
    const startedMs = Date.now()
    await alert(mine.link, { alert_uid: 'stays' })
    await alert(mine.link, { alert_uid: 'ends' })
    await alert(mine.link, { alert_uid: 'ends', state: 'ok' })
    await alert(other.link)
    await settled(mine.id, 3)
    await settled(other.id, 1)

    const count = async (query: string) => (await api('GET', `alert_groups/?${query}`)).body.count
    expect(await count(`integration_id=${mine.id}`)).toBe(2)
    expect(await count(`integration_id=${mine.id}&state=new`)).toBe(1)
    expect(await count(`integration_id=${mine.id}&state=resolved`)).toBe(1)
    expect(await count(`route_id=${other.route}`)).toBe(1)

    const second = (offsetMs: number) => new Date(startedMs + offsetMs).toISOString().slice(0, 19)
    const within = `${second(-2_000)}_${second(60_000)}`
    const before = `${second(-60_000)}_${second(-2_000)}`
    expect(await count(`integration_id=${mine.id}&started_at=${within}`)).toBe(2)
    expect(await count(`integration_id=${mine.id}&started_at=${before}`)).toBe(0)

    for (const wrong of ['state=loud', 'started_at=today', `started_at=${second(0)}`, 'started_at=a_b']) {
      const { status, body } = await api('GET', `alert_groups/?${wrong}`)
      expect([status, body.detail.split(':')[0]]).toEqual([400, wrong.split('=')[0]])
    }
  })

  test('is acknowledged, silenced, resolved, each once', async () => {
    const { id, link } = await integration()
    await alert(link)
    const [group] = (await settled(id, 1)).body.results
    const act = (action: string, body?: unknown) => api('POST', `alert_groups/${group.id}/${action}`, body)
    expect(group).toMatchObject({ state: 'new', acknowledged_at: null, resolved_at: null, title: 'Alert' })

    expect((await act('silence', {})).status).toBe(400)
    expect((await act('silence', { delay: -1 })).body.state).toBe('silenced')
    expect((await act('silence', { delay: 0 })).body.state).toBe('new')
    const acknowledged = await act('acknowledge/')
    expect(acknowledged.body.state).toBe('acknowledged')
    expect(Date.parse(acknowledged.body.acknowledged_at)).toBeGreaterThan(Date.parse('2020-01-01'))
    expect((await act('acknowledge')).status).toBe(400)
    expect((await act('resolve')).body.state).toBe('resolved')
    expect((await act('resolve')).status).toBe(400)
    expect((await act('silence', { delay: 5 })).status).toBe(400)
    expect((await api('GET', `alert_groups/${group.id}/`)).body.state).toBe('resolved')
    expect((await act('explode')).status).toBe(404)
  })

  test('is wiped or deleted, asynchronously, and outlives its integration', async () => {
    const { id, link } = await integration()
    await alert(link, { alert_uid: 'a', title: 'wipe me' })
    await alert(link, { alert_uid: 'b', title: 'delete me' })
    const groups = (await settled(id, 2)).body.results as { id: string; title: string }[]
    const path = (title: string) => `alert_groups/${groups.find((group) => group.title === title)?.id}/`
    const [wiped, deleted] = [path('wipe me'), path('delete me')]
    expect((await api('DELETE', `integrations/${id}/`)).status).toBe(204)
    expect((await api('GET', wiped)).status).toBe(200)

    expect((await api('DELETE', wiped, { mode: 'burn' })).status).toBe(400)
    expect((await api('DELETE', wiped, { mode: 'wipe' })).status).toBe(204)
    expect((await api('DELETE', deleted, { mode: 'delete' })).status).toBe(204)
    await eventually(
      () => api('GET', deleted),
      ({ status }) => status === 404,
    )
    const { body } = await api('GET', wiped)
    expect([body.title, body.alerts_count, body.last_alert.payload]).toEqual(['', 1, {}])
  })
})

describe('lists', () => {
  test('walking the pages by their links meets everything once, forwards and backwards', async () => {
    const { id, link } = await integration()
    for (let n = 0; n < 10; n++) await alert(link, { alert_uid: `u${n}` })
    await settled(id, 4).catch(() => undefined)
    await eventually(
      () => groupsOf(id),
      ({ body }) => body.count === 10,
    )

    const walk = async (start: string | null, way: 'next' | 'previous') => {
      const pages: { numbers: number[]; ids: string[]; last: string }[] = []
      for (let url = start; url !== null; ) {
        const { status, body } = await send('GET', url, { headers: { authorization: 'key-of-ada' } })
        expect(status).toBe(200)
        pages.push({
          numbers: [body.count, body.current_page_number, body.page_size, body.total_pages],
          ids: body.results.map((group: { id: string }) => group.id),
          last: url,
        })
        url = body[way]
      }
      return pages
    }
    const forwards = await walk(`${target.url}/api/v1/alert_groups/?integration_id=${id}`, 'next')
    expect(forwards.map(({ numbers }) => numbers)).toEqual([
      [10, 1, 4, 3],
      [10, 2, 4, 3],
      [10, 3, 4, 3],
    ])
    expect(new Set(forwards.flatMap(({ ids }) => ids)).size).toBe(10)
    const backwards = await walk(forwards.at(-1)?.last ?? null, 'previous')
    expect(backwards.map(({ ids }) => ids)).toEqual(forwards.map(({ ids }) => ids).reverse())
  })

  test('perpage changes the size up to the most allowed; a page that is not there is a 404', async () => {
    const size = async (perpage: string) => (await api('GET', `routes/?perpage=${perpage}`)).body.page_size
    expect(await Promise.all(['2', '6', '7', '0', 'x', '1.5'].map(size))).toEqual([2, 6, 6, 4, 4, 4])
    const empty = await api('GET', 'routes/?integration_id=C0&page=1')
    expect(empty.body).toMatchObject({ count: 0, next: null, previous: null, results: [], total_pages: 1 })
    for (const page of ['0', '-1', '2', 'last', '1.5']) {
      const { status, body } = await api('GET', `routes/?integration_id=C0&page=${page}`)
      expect([status, body.detail]).toEqual([404, 'Invalid page.'])
    }
  })
})
