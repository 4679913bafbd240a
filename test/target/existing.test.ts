import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTargetConfig, type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { client, eventually, send } from './client.ts'

let target: SpawnedTarget
let api: ReturnType<typeof client>['api']

beforeAll(async () => {
  target = await spawnTarget({
    limits: { integration: null, organization: null, apiKey: null },
    organizations: [{ id: 'acme' }, { id: 'other' }],
    users: [
      { id: 'U1', organization: 'acme', username: 'ada', teams: ['T1'] },
      { id: 'U2', organization: 'other' },
    ],
    keys: [
      { key: 'key-of-ada', user: 'U1' },
      { key: 'token-of-ada', user: 'U1', stackUrl: 'https://acme.grafana.net' },
      { key: 'key-of-another', user: 'U2' },
    ],
    escalationChains: [
      {
        id: 'F1',
        organization: 'acme',
        name: 'nights',
        steps: [
          { type: 'notify_persons', persons: ['U1'] },
          { type: 'wait', durationSeconds: 60 },
          { type: 'notify_on_call_from_schedule', schedule: 'S1' },
        ],
      },
    ],
    integrations: [
      {
        id: 'CLOUD1',
        organization: 'acme',
        name: 'lab',
        token: 'lab-token',
        routes: [
          { routingRegex: 'us-(east|west)', escalationChain: 'F1' },
          { routingRegex: 'eu', slack: { channelId: 'C0FFEE', enabled: true } },
        ],
      },
    ],
    processingDelayMs: 0,
    pageSize: 2,
  })
  ;({ api } = client(target.url, 'key-of-ada'))
})
afterAll(() => target.stop())

describe('what is there beforehand', () => {
  test('an integration with its routes, page by page, the default one last', async () => {
    const { body } = await api('GET', 'integrations/CLOUD1/')
    expect(body).toMatchObject({
      name: 'lab',
      link: `${target.url}/integrations/v1/formatted_webhook/lab-token/`,
      default_route: { escalation_chain_id: null, slack: { channel_id: null, enabled: false } },
    })
    const first = (await api('GET', 'routes/?integration_id=CLOUD1')).body
    expect(first).toMatchObject({ count: 3, next: expect.stringContaining('page=2') })
    const second = (await api('GET', 'routes/?integration_id=CLOUD1&page=2')).body
    expect([...first.results, ...second.results]).toMatchObject([
      { position: 0, routing_regex: 'us-(east|west)', escalation_chain_id: 'F1', is_the_last_route: false },
      { position: 1, routing_regex: 'eu', slack: { channel_id: 'C0FFEE', enabled: true } },
      { position: 2, routing_regex: null, id: body.default_route.id, is_the_last_route: true },
    ])
  })

  test('an alert takes the first route whose expression is found in it', async () => {
    const link = `${target.url}/integrations/v1/formatted_webhook/lab-token/`
    const routes: string[] = (await api('GET', 'routes/?integration_id=CLOUD1&perpage=10')).body.results.map(
      ({ id }: { id: string }) => id,
    )
    for (const [uid, index] of [
      ['in us-west', 0],
      ['in eu', 1],
      ['elsewhere', 2],
    ] as const) {
      await send('POST', link, { body: { alert_uid: uid } })
      const path = `alert_groups/?integration_id=CLOUD1&route_id=${routes[index]}`
      await eventually(
        () => api('GET', path),
        ({ body }) => body.count === 1,
      )
    }
  })

  test('an escalation chain with whom it notifies, for its own organization', async () => {
    expect((await api('GET', 'escalation_chains/F1/')).body).toEqual({
      id: 'F1',
      name: 'nights',
      team_id: null,
    })
    expect((await api('GET', 'escalation_policies/?escalation_chain_id=F1')).body.results).toMatchObject([
      { position: 0, type: 'notify_persons', persons_to_notify: ['U1'] },
      { position: 1, type: 'wait', duration: 60 },
    ])
    expect((await api('GET', 'escalation_policies/?escalation_chain_id=F2')).body.count).toBe(0)
    expect((await api('GET', 'users/U1/')).body).toMatchObject({ username: 'ada', teams: ['T1'] })
    const stranger = client(target.url, 'key-of-another')
    for (const path of ['escalation_chains/F1/', 'users/U1/', 'integrations/CLOUD1/'])
      expect((await stranger.api('GET', path)).status).toBe(404)
  })

  test('a route can be led into a chain that exists, and into no other', async () => {
    const [{ id }] = (await api('GET', 'routes/?integration_id=CLOUD1')).body.results
    expect((await api('PUT', `routes/${id}/`, { escalation_chain_id: 'F2' })).status).toBe(400)
    expect((await api('PUT', `routes/${id}/`, { escalation_chain_id: 'F1' })).body).toMatchObject({
      escalation_chain_id: 'F1',
    })
  })
})

test('a service-account token is good only beside the address of its stack', async () => {
  const asked = (headers: Record<string, string>) =>
    send('GET', `${target.url}/api/v1/users/current/`, {
      headers: { authorization: 'token-of-ada', ...headers },
    })
  expect((await asked({})).status).toBe(403)
  expect((await asked({ 'x-grafana-url': 'https://other.grafana.net' })).status).toBe(403)
  const { status, body } = await asked({ 'x-grafana-url': 'https://acme.grafana.net' })
  expect({ status, id: body.id }).toEqual({ status: 200, id: 'U1' })
})

test('what leads to nothing that is there is a mistake with its place', () => {
  const parsed = parseTargetConfig({
    escalationChains: [
      { id: 'F1', organization: 'onset', name: 'f', steps: [{ type: 'x', persons: ['U9'] }] },
    ],
    integrations: [
      { id: 'C1', organization: 'onset', name: 'a', routes: [{ routingRegex: '(', escalationChain: 'F1' }] },
    ],
  })
  expect(parsed).toMatchObject({ valid: false })
  expect(parsed).toHaveProperty('mistakes.0', expect.stringContaining('integrations.0.routes.0.routingRegex'))

  const other = parseTargetConfig({
    escalationChains: [
      { id: 'F1', organization: 'onset', name: 'f', steps: [{ type: 'x', persons: ['U9'] }] },
    ],
    integrations: [{ id: 'C1', organization: 'onset', name: 'a', defaultRoute: { escalationChain: 'F2' } }],
  })
  expect(other).toHaveProperty('mistakes', [
    expect.stringContaining('escalationChains.0.steps.0.persons'),
    expect.stringContaining('integrations.0.routes'),
  ])
})
