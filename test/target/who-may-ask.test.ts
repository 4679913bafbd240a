import { expect, test } from 'vitest'
import { embeddedKey, type TargetConfigInput } from '../../lib/target/index.ts'
import { client, send } from './client.ts'
import { started } from './started.ts'

const asked = {
  'the key': embeddedKey,
  Bearer: `Bearer ${embeddedKey}`,
  'another scheme': `Token ${embeddedKey}`,
  'a wrong key': 'nobody',
  'a wrong Bearer': 'Bearer nobody',
  'no key': undefined,
}

/** The statuses that the API answers with, in the order above. */
async function answered(config: TargetConfigInput): Promise<number[]> {
  const { url } = await started(config)
  const statuses: number[] = []
  for (const authorization of Object.values(asked)) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    statuses.push((await send('GET', `${url}/api/v1/users/current/`, { headers })).status)
  }
  return statuses
}

test.each<[TargetConfigInput, number[]]>([
  [{}, [200, 403, 403, 403, 403, 403]],
  [{ unauthorizedStatus: 401 }, [200, 401, 401, 401, 401, 401]],
  [{ bearer: true }, [200, 200, 403, 403, 403, 403]],
  [{ faults: { letInWithoutKey: true } }, [200, 403, 403, 403, 403, 200]],
])('%j: who is let in', async (config, expected) => {
  expect(await answered(config)).toEqual(expected)
})

test('a 401 names a way to authenticate', async () => {
  const { url } = await started({ unauthorizedStatus: 401 })
  const { headers } = await send('GET', `${url}/api/v1/users/current/`)
  expect(headers.get('www-authenticate')).toBe('Token')
})

test('bearer: a key counts the same with the word and without', async () => {
  const { url } = await started({ bearer: true, limits: { apiKey: { limit: 2 } } })
  const statuses: number[] = []
  for (const key of [embeddedKey, `Bearer ${embeddedKey}`, embeddedKey])
    statuses.push((await client(url, key).api('GET', 'users/current/')).status)
  expect(statuses).toEqual([200, 200, 429])
})

test.each([false, true])('showOtherOrganizations %s: what another organization sees', async (shown) => {
  const { url } = await started({
    organizations: [{ id: 'acme' }, { id: 'other' }],
    users: [
      { id: 'ada', organization: 'acme' },
      { id: 'eve', organization: 'other' },
    ],
    keys: [
      { key: 'of-ada', user: 'ada' },
      { key: 'of-eve', user: 'eve' },
    ],
    faults: { showOtherOrganizations: shown },
  })
  const ours = await client(url, 'of-ada').integration()
  const { api } = client(url, 'of-eve')
  const list = (await api('GET', 'integrations/')).body
  expect(list.results.map(({ id }: { id: string }) => id)).toEqual(shown ? [ours.id] : [])
  expect((await api('GET', `integrations/${ours.id}/`)).status).toBe(shown ? 200 : 404)
  expect((await api('GET', 'integrations/CNONE/')).status).toBe(404)
})
