import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleScenario } from '../../lib/fire/bundle.ts'
import type { HistoryRecord } from '../../lib/history/index.ts'
import { alertBinding, createOncall, listBinding } from '../../lib/oncall/index.ts'
import { makePlan } from '../../lib/plan/index.ts'
import { specSchema } from '../../lib/spec/index.ts'
import { embeddedKey, type SpawnedTarget, spawnTarget } from '../../lib/target/index.ts'
import { gather, useK6 } from './run-kit.ts'

const k6 = useK6()
const windowMs = 2_000
const limits = { integration: 20, organization: 35, apiKey: 25 }

let target: SpawnedTarget
beforeAll(async () => {
  const enforced = (limit: number) => ({ limit, windowMs, algorithm: 'fixed-window' as const })
  target = await spawnTarget({
    limits: {
      integration: enforced(limits.integration),
      organization: enforced(limits.organization),
      apiKey: enforced(limits.apiKey),
    },
    keys: [
      { key: embeddedKey, user: 'UONSET' },
      { key: 'key-for-fixtures', user: 'UONSET' },
    ],
  })
})
afterAll(() => target.stop())

test('a whole plan is carried out against the target: each limit is reached, left, and reached again', async () => {
  const spec = specSchema.parse({
    limits: Object.entries(limits).map(([scope, limit]) => ({ name: scope, scope, limit, window: '2s' })),
  })
  const made = makePlan(spec)
  if (!made.ok) throw new Error(JSON.stringify(made.problems))
  const { plan } = made
  const oncall = createOncall({
    url: target.url,
    apiKey: 'key-for-fixtures',
    descriptor: 'F',
    onRequest: () => {},
  })
  const runId = randomUUID()
  const names = plan.descriptors.filter(({ kind }) => kind === 'alert').map(({ name }) => name)
  const fixtures = await oncall.createFixtures(runId, names)
  if (!fixtures.ok) throw new Error(fixtures.problem.sentence)
  const bindings = {
    descriptors: {
      ...Object.fromEntries(fixtures.value.map((one) => [one.descriptor, alertBinding(one, runId)])),
      K: listBinding({ url: target.url, apiKey: embeddedKey }),
    },
    secrets: [embeddedKey, ...fixtures.value.map(({ token }) => token)],
  }
  const scenarioPath = await bundleScenario({ scenario: 'verify', folder: join(k6.folder, 'bundle') })
  const { outcome, records } = await gather({ ...k6, scenarioPath }, plan, bindings)

  expect(outcome).toMatchObject({ kind: 'finished', lostLines: 0 })
  const blamed = (scope: string) => records.filter(({ limitedBy }) => limitedBy === scope)
  for (const scope of Object.keys(limits)) expect(blamed(scope).length).toBeGreaterThan(0)
  expect(records.filter(({ status }) => status === 429).every(({ limitedBy }) => limitedBy)).toBe(true)
  for (const name of ['A', 'K']) expect(turnsOf(records, name)).toBeGreaterThanOrEqual(2)

  // The target's own count of what it took in is ours: one alert group for each integration. On a
  // machine that stalls, a request may be given up that was taken in.
  const alerts = records.filter(({ descriptor }) => descriptor !== 'K')
  const accepted = alerts.filter(({ status }) => status === 200).length
  const unknown = alerts.filter(({ status }) => status === 0).length
  const counted = async () => {
    const headers = { authorization: 'key-for-fixtures' }
    const response = await fetch(`${target.url}/api/v1/alert_groups/`, { headers })
    const { results = [] } = (await response.json()) as { results?: { alerts_count: number }[] }
    return results.reduce((total, group) => total + group.alerts_count, 0)
  }
  await expect.poll(counted, { timeout: 10_000 }).toBeGreaterThanOrEqual(accepted)
  expect(await counted()).toBeLessThanOrEqual(accepted + unknown)
})

/** How often a descriptor's answers turned from accepted to limited or back. */
function turnsOf(records: HistoryRecord[], name: string): number {
  const statuses = records
    .filter(({ descriptor }) => descriptor === name)
    .sort((one, other) => one.sent - other.sent)
    .map(({ status }) => status)
  return statuses.filter((status, index) => index > 0 && status !== statuses[index - 1]).length
}
