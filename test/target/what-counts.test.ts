import { describe, expect, test } from 'vitest'
import { send } from './client.ts'
import { started } from './started.ts'

const limits = { integration: { limit: 2 }, organization: { limit: 3 } }

describe.each(['free', 'counted'] as const)('%s', (counts) => {
  const isCounted = counts === 'counted'

  test('heartbeats: what they are told, and what they leave to alerts', async () => {
    const { integration, alert } = await started({ limits, heartbeats: counts })
    const [a, b] = [await integration(), await integration()]
    const statuses: number[] = []
    for (const method of ['GET', 'POST', 'GET'])
      statuses.push((await send(method, `${a.link}heartbeat/`)).status)
    expect(statuses).toEqual(isCounted ? [200, 200, 429] : [200, 200, 200])
    expect((await send('PUT', `${a.link}heartbeat/`)).status).toBe(405)
    for (let n = 0; n < 2; n++) statuses.push((await alert(b.link)).status)
    expect(statuses.slice(3)).toEqual(isCounted ? [200, 429] : [200, 200])
  })

  test('malformedAlerts: what they are told, and what they leave to others', async () => {
    const { integration, alert } = await started({ limits, malformedAlerts: counts })
    const { link } = await integration()
    const statuses: number[] = []
    for (const body of ['{', '[]', '{', '{}', '{}', '{}']) statuses.push((await alert(link, body)).status)
    expect(statuses).toEqual(isCounted ? [400, 400, 429, 429, 429, 429] : [400, 400, 400, 200, 200, 429])
  })

  test('otherMethods on an ingestion address: what they are told, and what they leave to alerts', async () => {
    const { integration, alert } = await started({ limits, otherMethods: counts })
    const { link } = await integration()
    const statuses: number[] = []
    for (const method of ['GET', 'PUT', 'GET']) statuses.push((await send(method, link)).status)
    expect(statuses).toEqual(isCounted ? [405, 405, 429] : [405, 405, 405])
    expect((await alert(link)).status).toBe(isCounted ? 429 : 200)
  })
})

test('by itself it counts malformed alerts, and neither heartbeats nor other methods', async () => {
  const { integration, alert } = await started({ limits: { integration: { limit: 1 } } })
  const { link } = await integration()
  const statuses = [
    (await send('GET', `${link}heartbeat/`)).status,
    (await send('GET', link)).status,
    (await alert(link, '{')).status,
    (await alert(link)).status,
  ]
  expect(statuses).toEqual([200, 405, 400, 429])
})
