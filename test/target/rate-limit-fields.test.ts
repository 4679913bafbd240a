import { expect, test } from 'vitest'
import { algorithms } from '../../lib/spec/index.ts'
import { parseTargetConfig, type TargetConfigInput } from '../../lib/target/index.ts'
import { type Reply, send } from './client.ts'
import { startedWithClock } from './started.ts'

const spoken = /^(x-)?ratelimit/

const fieldsOf = ({ headers }: Reply): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => spoken.test(name)))

// The clock stands where windows of 20 s and of 50 s begin.
const limits = {
  integration: { limit: 2, windowMs: 20_000 },
  organization: { limit: 5, windowMs: 50_000 },
  apiKey: { limit: 3, windowMs: 20_000 },
}

/** What an alert, a refused alert and an API request are told, a second and a half after windows began. */
async function told(config: TargetConfigInput) {
  const { alert, api, integration, clock } = await startedWithClock({ limits, ...config })
  const { link } = await integration()
  clock.nowUs += 1_500_000
  const replies = [await alert(link), await alert(link), await alert(link), await api('GET', 'routes/x/')]
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 404])
  const [first, , refused, asked] = replies.map(fieldsOf)
  return { first, refused, asked }
}

test('by itself it says nothing', async () => {
  expect(await told({})).toEqual({ first: {}, refused: {}, asked: {} })
})

test('draft-03: the tightest limit, with the policies of all', async () => {
  const limit = { 'ratelimit-limit': '2, 2;w=20, 5;w=50' }
  expect(await told({ rateLimitFields: 'draft-03' })).toEqual({
    first: { ...limit, 'ratelimit-remaining': '1', 'ratelimit-reset': '19' },
    refused: { ...limit, 'ratelimit-remaining': '0', 'ratelimit-reset': '19' },
    asked: { 'ratelimit-limit': '3, 3;w=20', 'ratelimit-remaining': '1', 'ratelimit-reset': '19' },
  })
})

test('draft-06: the policies in a field of their own', async () => {
  const policy = { 'ratelimit-limit': '2', 'ratelimit-policy': '2;w=20, 5;w=50' }
  expect(await told({ rateLimitFields: 'draft-06' })).toMatchObject({
    first: { ...policy, 'ratelimit-remaining': '1', 'ratelimit-reset': '19' },
    refused: { ...policy, 'ratelimit-remaining': '0', 'ratelimit-reset': '19' },
  })
})

test('draft-07: one field for three', async () => {
  expect(await told({ rateLimitFields: 'draft-07' })).toEqual({
    first: { ratelimit: 'limit=2, remaining=1, reset=19', 'ratelimit-policy': '2;w=20, 5;w=50' },
    refused: { ratelimit: 'limit=2, remaining=0, reset=19', 'ratelimit-policy': '2;w=20, 5;w=50' },
    asked: { ratelimit: 'limit=3, remaining=1, reset=19', 'ratelimit-policy': '3;w=20' },
  })
})

test('draft-08: every limit by its name', async () => {
  const policy = { 'ratelimit-policy': '"integration";q=2;w=20, "organization";q=5;w=50' }
  expect(await told({ rateLimitFields: 'draft-08' })).toEqual({
    first: { ...policy, ratelimit: '"integration";r=1;t=19, "organization";r=4;t=49' },
    refused: { ...policy, ratelimit: '"integration";r=0;t=19, "organization";r=3;t=49' },
    asked: { 'ratelimit-policy': '"apiKey";q=3;w=20', ratelimit: '"apiKey";r=1;t=19' },
  })
})

test('x-ratelimit: three fields, as before the draft', async () => {
  expect(await told({ rateLimitFields: 'x-ratelimit' })).toMatchObject({
    first: { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '19' },
    asked: { 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '19' },
  })
})

test.each([
  [{ remaining: 'never-falls' }, '"integration";q=2;w=20', '"integration";r=2;t=19'],
  [{ limit: 40 }, '"integration";q=40;w=20', '"integration";r=0;t=19'],
  [{ limit: 40, remaining: 'never-falls' }, '"integration";q=40;w=20', '"integration";r=40;t=19'],
  [{ windowMs: 7_000 }, '"integration";q=2;w=7', '"integration";r=0;t=19'],
  [{ reset: 'epoch' }, '"integration";q=2;w=20', '"integration";r=0;t=1795421520'],
] as const)('untrue: %j', async (rateLimitFields, policy, standing) => {
  const { refused } = await told({ rateLimitFields: 'draft-08', faults: { rateLimitFields } })
  expect(refused?.['ratelimit-policy']?.split(', ')[0]).toBe(policy)
  expect(refused?.ratelimit?.split(', ')[0]).toBe(standing)
})

test.each(algorithms)(
  '%s: remaining falls by one with each, the last says 0, and the reset is true',
  async (algorithm) => {
    const { alert, integration, clock } = await startedWithClock({
      limits: { integration: { algorithm, limit: 4, windowMs: 60_000 }, organization: null },
      rateLimitFields: 'draft-08',
    })
    const { link } = await integration()
    const items: string[] = []
    for (let n = 0; n < 5; n++) items.push((await alert(link)).headers.get('ratelimit') as string)
    const numbers = items.map(
      (item) => /r=(\d+);t=(\d+)/.exec(item)?.slice(1).map(Number) as [number, number],
    )
    expect(numbers.map(([remaining]) => remaining)).toEqual([3, 2, 1, 0, 0])
    clock.nowUs += (numbers[4] as [number, number])[1] * 1_000_000
    expect((await alert(link)).headers.get('ratelimit')).toContain('r=3')
  },
)

test('what no limit was asked for says nothing', async () => {
  const { integration, alert, url } = await startedWithClock({ rateLimitFields: 'draft-08' })
  const { link } = await integration()
  const unasked = [
    await send('GET', `${link}heartbeat/`),
    await alert(`${url}/integrations/v1/webhook/nobody/`),
    await send('GET', `${url}/api/v1/integrations/`),
  ]
  expect(unasked.map(fieldsOf)).toEqual([{}, {}, {}])
})

test('where updates are lost, each says what it has worked out itself', async () => {
  const { alert, integration } = await startedWithClock({
    limits: { integration: { limit: 3 }, organization: null },
    rateLimitFields: 'draft-08',
    faults: { lostUpdates: { pauseMs: 1 } },
  })
  const { link } = await integration()
  for (const reply of await Promise.all([alert(link), alert(link)]))
    expect(reply.headers.get('ratelimit')).toContain('r=2')
})

test('fields that are not there cannot be untrue', () => {
  const parsed = parseTargetConfig({ faults: { rateLimitFields: { reset: 'epoch' } } })
  expect(parsed).toMatchObject({
    valid: false,
    mistakes: [expect.stringMatching(/^faults\.rateLimitFields: /)],
  })
})
