import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOncall, fixtureName } from '../../lib/oncall/index.ts'
import { clearAway } from '../../lib/run/clear-away.ts'
import type { Interruption, Phase } from '../../lib/run/index.ts'
import { parseSpec, type Spec } from '../../lib/spec/index.ts'
import { embeddedKey, type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { client, send } from '../target/client.ts'

const id = '20261125-164408-4ea5'
const uninterrupted: Interruption = {
  stop: new AbortController().signal,
  hurry: new AbortController().signal,
  impatient: false,
}

let target: SpawnedTarget
beforeAll(async () => {
  target = await spawnTarget({
    limits: { integration: null, organization: null, apiKey: { limit: 40, windowMs: 1_000 } },
    // The first alerts are worked off only after the clearing has begun.
    processingDelayMs: 400,
  })
})
afterAll(() => target.stop())

function specOf(): Spec {
  const text = `target: {url: "${target.url}", apiKey: "\${KEY}", deliveredWithin: 20s}
limits: [{name: n, scope: integration, limit: 3, window: 5m}]`
  const parsed = parseSpec(text, { file: 's.yaml', env: { KEY: embeddedKey } })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  return parsed.spec
}

const access = () => ({ url: target.url, apiKey: embeddedKey, descriptor: 'K', onRequest: () => {} })

function watching() {
  const phases: Phase['phase'][] = []
  return { phases, watcher: { onPhase: ({ phase }: Phase) => phases.push(phase), onProgress: () => {} } }
}

test('an integration whose making was never answered is found by its name, and removed', async () => {
  const { api } = client(target.url)
  const foreign = fixtureName('20261125-164408-ffff', 'A')
  for (const name of [fixtureName(id, 'B'), foreign])
    await api('POST', 'integrations/', { type: 'formatted_webhook', name })
  const { watcher, phases } = watching()
  const remains = { id, own: true, startedAtMs: Date.now(), mayExist: true }
  expect(await clearAway(access(), [], remains, specOf(), watcher, uninterrupted)).toEqual([])
  const { body } = await api('GET', 'integrations/')
  expect(body.results.map(({ name }: { name: string }) => name)).toEqual([foreign])
  expect(phases).toEqual(['resolving', 'removing', 'removed'])
})

test('alerts that are worked off late are waited for, so that no alert group stays open', async () => {
  const made = await createOncall(access()).createFixtures(id, ['A'])
  if (!made.ok || !made.value[0]) throw new Error('not made')
  const [{ link }] = made.value
  for (let n = 0; n < 5; n++) await send('POST', link, { body: { alert_uid: 'one', title: 'x' } })
  const { watcher } = watching()
  const remains = { id, own: true, startedAtMs: Date.now(), mayExist: false, alertsOf: () => 5 }
  expect(await clearAway(access(), made.value, remains, specOf(), watcher, uninterrupted)).toEqual([])
  const { body } = await client(target.url).api('GET', 'alert_groups/')
  const groups = body.results as { state: string; alerts_count: number }[]
  expect(groups.reduce((sum, { alerts_count: count }) => sum + count, 0)).toBe(5)
  expect(groups.filter(({ state }) => state !== 'resolved')).toEqual([])
})

test('what cannot be resolved or removed is a warning that says where it is', async () => {
  const { watcher } = watching()
  const remains = { id, own: true, startedAtMs: Date.now(), mayExist: false }
  const fixtures = [{ descriptor: 'A', integrationId: 'C1' }]
  const warnings = await clearAway(
    { ...access(), apiKey: 'another-key' },
    fixtures,
    remains,
    specOf(),
    watcher,
    uninterrupted,
  )
  expect(warnings.map(({ code }) => code)).toEqual(['unresolved', 'left-behind'])
  for (const { message } of warnings) {
    expect(message).toContain('C1')
    expect(message).not.toContain('another-key')
  }
})
