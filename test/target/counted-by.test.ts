import { expect, test } from 'vitest'
import { client, type Reply } from './client.ts'
import { startedWithClock } from './started.ts'

const people = {
  organizations: [{ id: 'acme' }, { id: 'other' }],
  users: [
    { id: 'ada', organization: 'acme' },
    { id: 'bob', organization: 'acme' },
    { id: 'eve', organization: 'other' },
  ],
  keys: [
    { key: 'ada-1', user: 'ada' },
    { key: 'ada-2', user: 'ada' },
    { key: 'bob-1', user: 'bob' },
    { key: 'eve-1', user: 'eve' },
  ],
}

/** How many of some requests are accepted, and what the last one is told. */
async function accepted(request: () => Promise<Reply>, sent = 4): Promise<[number, string | undefined]> {
  let count = 0
  let told: string | undefined
  for (let n = 0; n < sent; n++) {
    const { status, body } = await request()
    if (status === 200) count++
    else told = body.detail
  }
  return [count, told]
}

test.each([
  ['key', [3, 3, 3, 3], 'with this API key'],
  ['user', [3, 0, 3, 3], 'with the API keys of this user'],
  ['organization', [3, 0, 0, 3], 'with all API keys together'],
  ['everybody', [3, 0, 0, 0], 'with the API keys of everybody'],
] as const)('limits.apiKey.countedBy %s: who shares a count', async (countedBy, counts, words) => {
  const { url } = await startedWithClock({ ...people, limits: { apiKey: { limit: 3, countedBy } } })
  const answers: [number, string | undefined][] = []
  for (const { key } of people.keys)
    answers.push(await accepted(() => client(url, key).api('GET', 'users/current/')))
  expect(answers.map(([count]) => count)).toEqual(counts)
  for (const [, told] of answers) expect(told).toBe(`Too many API requests ${words}: 3 in 5m allowed.`)
})

test.each([
  ['integration', [3, 3], 'from this integration'],
  ['organization', [3, 0], 'from all integrations together'],
] as const)('limits.integration.countedBy %s: who shares a count', async (countedBy, counts, words) => {
  const { alert, integration, api } = await startedWithClock({
    limits: { integration: { limit: 3, countedBy }, organization: null },
  })
  const [a, b] = [await integration(), await integration()]
  const answers = [await accepted(() => alert(a.link)), await accepted(() => alert(b.link))]
  expect(answers.map(([count]) => count)).toEqual(counts)
  for (const [, told] of answers) expect(told).toBe(`Too many alerts ${words}: 3 in 5m allowed.`)

  // A count that is shared does not go with one of those who share it.
  await api('DELETE', `integrations/${a.id}/`)
  expect((await accepted(() => alert(b.link)))[0]).toBe(0)
})

test.each([
  ['organization', [3, 3], 'from the whole organization'],
  ['everybody', [3, 0], 'from all organizations together'],
] as const)('limits.organization.countedBy %s: who shares a count', async (countedBy, counts, words) => {
  const { url } = await startedWithClock({
    ...people,
    limits: { integration: null, organization: { limit: 3, countedBy } },
  })
  const answers: [number, string | undefined][] = []
  for (const key of ['ada-1', 'eve-1']) {
    const { integration, alert } = client(url, key)
    const { link } = await integration()
    answers.push(await accepted(() => alert(link)))
  }
  expect(answers.map(([count]) => count)).toEqual(counts)
  for (const [, told] of answers) expect(told).toBe(`Too many alerts ${words}: 3 in 5m allowed.`)
})

test.each([
  ['counted', 0],
  ['free', 3],
] as const)(
  'what one integration is refused is %s for the organization',
  async (chargedWhenRefused, left) => {
    const { alert, integration } = await startedWithClock({
      limits: { integration: { limit: 3 }, organization: { limit: 6, chargedWhenRefused } },
    })
    const [noisy, quiet] = [await integration(), await integration()]
    expect((await accepted(() => alert(noisy.link), 9))[0]).toBe(3)
    expect((await accepted(() => alert(quiet.link)))[0]).toBe(left)
  },
)

test.each([
  ['counted', 0],
  ['earlier', 0],
  ['free', 2],
] as const)(
  'what the organization is refused is %s for the integration',
  async (chargedWhenRefused, left) => {
    const { alert, integration, clock } = await startedWithClock({
      limits: {
        integration: { limit: 4, windowMs: 100_000, chargedWhenRefused },
        organization: { limit: 2, windowMs: 50_000 },
      },
    })
    const { link } = await integration()
    expect((await accepted(() => alert(link)))[0]).toBe(2)
    clock.nowUs += 50_000_000
    expect((await accepted(() => alert(link)))[0]).toBe(left)
  },
)
