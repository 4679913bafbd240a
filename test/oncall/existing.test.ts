import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HistoryRecord } from '../../lib/history/index.ts'
import { requestOfAlert } from '../../lib/oncall/alert-request.ts'
import { readFixtureName } from '../../lib/oncall/fixtures.ts'
import { alertBinding, createOncall, fixtureName, type OncallOptions } from '../../lib/oncall/index.ts'
import { embeddedKey, type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { client, eventually, send } from '../target/client.ts'

const organization = 'onset'
const quiet = { organization, routes: [{ routingRegex: 'never' }, { routingRegex: 'nor' }] }

let target: SpawnedTarget
let api: ReturnType<typeof client>['api']
beforeAll(async () => {
  target = await spawnTarget({
    limits: { integration: null, organization: null, apiKey: null },
    users: [
      { id: 'UONSET', organization, username: 'onset' },
      { id: 'U2', organization, username: 'grace' },
    ],
    keys: [
      { key: embeddedKey, user: 'UONSET' },
      { key: 'a-token', user: 'U2', stackUrl: 'https://stack.example.org' },
    ],
    escalationChains: [
      {
        id: 'F1',
        organization,
        name: 'nights',
        steps: [
          { type: 'wait', durationSeconds: 60 },
          { type: 'notify_persons', persons: ['U2'] },
          { type: 'notify_on_call_from_schedule', schedule: 'S1' },
          { type: 'notify_whole_channel' },
        ],
      },
    ],
    integrations: [
      { id: 'CQUIET', name: 'lab', ...quiet },
      {
        id: 'CLOUD',
        name: 'shop',
        organization,
        routes: [
          { routingRegex: 'harmless' },
          { routingRegex: 'us-(east|west)', slack: { channelId: 'C0FFEE', enabled: true } },
        ],
        defaultRoute: { escalationChain: 'F1', telegram: { id: null, enabled: true } },
      },
      { id: 'CALERTS', name: 'prometheus', organization, type: 'alertmanager' },
    ],
    outgoingWebhooks: [
      { id: 'WALL', organization, name: 'tickets' },
      { id: 'WLAB', organization, name: 'lab', integrations: ['CQUIET'] },
      { id: 'WSTEP', organization, name: 'step', trigger: 'escalation' },
      { id: 'WOFF', organization, name: 'off', enabled: false },
    ],
    processingDelayMs: 20,
    // So that a list of three routes takes two pages.
    pageSize: 2,
  })
  ;({ api } = client(target.url))
})
afterAll(() => target.stop())

function clientOf(more: Partial<OncallOptions> = {}) {
  const records: HistoryRecord[] = []
  const onRequest = (record: HistoryRecord) => records.push(record)
  const options = { url: target.url, apiKey: embeddedKey, descriptor: 'K', onRequest, ...more }
  return { records, oncall: createOncall(options) }
}

describe('integrations that a spec names', () => {
  test('are read with all their routes, whom nobody hears from, and where alerts go', async () => {
    const { oncall, records } = clientOf()
    const read = await oncall.readNamed(['CQUIET'])
    if (!read.ok) throw new Error(read.problem.sentence)
    const [one] = read.value
    expect(one).toMatchObject({ integrationId: 'CQUIET', name: 'lab', routes: 3, wakes: [], doubts: [] })
    expect(one?.link).toBe(`${target.url}/integrations/v1/formatted_webhook/${one?.token}/`)
    // The integration, and two pages of routes.
    expect(records.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('say of each route whom it would wake: who, by which chain, in which channel', async () => {
    const read = await clientOf().oncall.readNamed(['CLOUD'])
    expect(read).toHaveProperty('value.0.wakes', [
      'Integration "shop" (CLOUD), route 1 ("us-(east|west)"): it posts to the slack channel C0FFEE.',
      'Integration "shop" (CLOUD), default route: it leads into the escalation chain "nights" (F1), which notifies grace, whoever is on call in the schedule S1, others (notify_whole_channel); telegram is enabled.',
    ])
  })

  test.each([
    ['CNONE', 'There is no integration CNONE for this key'],
    ['../users/current', 'that is no id of an integration'],
    ['CALERTS', 'of type alertmanager'],
  ])('%s cannot be used, and it is said why', async (id, words) => {
    const read = await clientOf().oncall.readNamed([id])
    expect(read).toMatchObject({ ok: false, problem: { kind: 'unusable' } })
    expect(read).toHaveProperty('problem.sentence', expect.stringContaining(words))
  })
})

test('outgoing webhooks are named that fire for alert groups, whatever their route', async () => {
  const { oncall } = clientOf()
  expect(await oncall.readWebhooks([])).toEqual({ ok: true, value: ['"tickets" (WALL)'] })
  expect(await oncall.readWebhooks(['CQUIET'])).toEqual({
    ok: true,
    value: ['"tickets" (WALL)', '"lab" (WLAB)'],
  })
})

test('what runs have left is found by its name on all pages, and nothing else', async () => {
  const { oncall } = clientOf()
  const made = await oncall.createFixtures('20260101-000000-abcd', ['A', 'B', 'C1'])
  if (!made.ok) throw new Error(made.problem.sentence)
  await api('POST', 'integrations/', { type: 'webhook', name: 'Onset load test of last year' })
  await api('POST', 'integrations/', { type: 'webhook', name: 'My Onset load test 20260101-000000-abcd A' })
  const found = await oncall.findRemains({ waitMs: 0 })
  expect(found).toMatchObject({
    ok: true,
    value: made.value.map(({ descriptor, integrationId }) => ({
      descriptor,
      integrationId,
      runId: '20260101-000000-abcd',
      name: fixtureName('20260101-000000-abcd', descriptor),
    })),
  })
  await oncall.removeFixtures(made.value, { waitMs: 0 })
  expect(await oncall.findRemains({ waitMs: 0 })).toEqual({ ok: true, value: [] })
})

test('the name of a fixture is read back, and no other name is taken for one', () => {
  const name = fixtureName('20261125-164408-4ea5', 'B2')
  expect(readFixtureName(name)).toEqual({ runId: '20261125-164408-4ea5', descriptor: 'B2' })
  for (const other of [
    '',
    'lab',
    `${name} copy`,
    `x ${name}`,
    name.replace('4ea5', '4ea'),
    'Onset load test  A',
  ])
    expect(readFixtureName(other)).toBeUndefined()
})

describe('alert groups', () => {
  const runId = '20260102-000000-abcd'
  const groupsOf = async (id: string) =>
    (await api('GET', `alert_groups/?integration_id=${id}&perpage=50`)).body.results as {
      state: string
      title: string
    }[]

  test('of an integration of our own are all resolved, those of another only where they are ours', async () => {
    const { oncall } = clientOf()
    const made = await oncall.createFixtures(runId, ['A'])
    if (!made.ok) throw new Error(made.problem.sentence)
    const [own] = made.value
    const named = await oncall.readNamed(['CQUIET'])
    if (!own || !named.ok || !named.value[0]) throw new Error('not read')
    for (const { link, descriptor } of [own, { ...named.value[0], descriptor: 'B' }]) {
      const { body = '' } = alertBinding({ link, descriptor }, runId)
      for (let n = 0; n < 2; n++) await send('POST', link, { body })
      await send('POST', link, { body: { alert_uid: 'theirs', title: 'disk full' } })
    }
    for (const id of [own.integrationId, 'CQUIET'])
      await eventually(
        () => groupsOf(id),
        (groups) => groups.length === 2,
      )
    const toResolve = [
      { integrationId: own.integrationId, descriptor: 'A', runId, own: true },
      { integrationId: 'CQUIET', descriptor: 'B', runId, own: false },
    ]
    expect(await oncall.resolveGroups(toResolve, Date.now(), { waitMs: 0 })).toEqual([])
    expect((await groupsOf(own.integrationId)).map(({ state }) => state)).toEqual(['resolved', 'resolved'])
    expect(new Map((await groupsOf('CQUIET')).map(({ title, state }) => [title, state]))).toEqual(
      new Map([
        ['disk full', 'new'],
        [`Load test by Onset, run ${runId}: no action needed`, 'resolved'],
      ]),
    )
  })

  test('that cannot be resolved are told with the reason', async () => {
    const { oncall } = clientOf({ apiKey: 'unknown-key' })
    const left = await oncall.resolveGroups(
      [{ integrationId: 'CQUIET', descriptor: 'A', runId, own: true }],
      Date.now(),
      { waitMs: 0 },
    )
    expect(left).toEqual([
      { integrationId: 'CQUIET', descriptor: 'A', problem: expect.objectContaining({ kind: 'refused' }) },
    ])
  })
})

test('a service-account token works beside its stack, and is refused without', async () => {
  const token = { apiKey: 'a-token' }
  expect(await clientOf(token).oncall.preflight()).toMatchObject({ problem: { kind: 'refused' } })
  const beside = clientOf({ ...token, stackUrl: 'https://stack.example.org' })
  expect(await beside.oncall.preflight()).toMatchObject({ value: { username: 'grace' } })
})

test('a person who meets an alert sees what it is, of which run, and where to read more', async () => {
  const link = (await clientOf().oncall.readNamed(['CQUIET'])) as { value: { link: string }[] }
  const { body = '' } = alertBinding(
    { link: link.value[0]?.link as string, descriptor: 'A' },
    'r7',
    [],
    'https://wiki.example.org/load-tests',
  )
  await send('POST', link.value[0]?.link as string, { body: body.replaceAll('{request}', 'r-1') })
  const { payload, title } = await eventually(
    async () => {
      const { results } = (await api('GET', 'alert_groups/?integration_id=CQUIET&perpage=50')).body
      const group = results.find((one: { title: string }) => one.title.includes('run r7'))
      return { title: group?.title, payload: group?.last_alert?.payload }
    },
    ({ payload }) => payload !== undefined,
  )
  expect(title).toBe('Load test by Onset, run r7: no action needed')
  expect(payload).toMatchObject({
    message: expect.stringMatching(/run r7\. This is no incident and nobody has to act/),
    link_to_upstream_details: 'https://wiki.example.org/load-tests',
  })
  expect(requestOfAlert(payload, 'r7')).toBe('r-1')
})
