import { expect, test } from 'vitest'
import { embeddedKey, embeddedSetupKey, parseTargetConfig } from '../../lib/target/index.ts'

test('nothing at all is a whole configuration: the documented limits, one user with two keys', () => {
  const parsed = parseTargetConfig({})
  if (!parsed.valid) throw new Error(parsed.mistakes.join('; '))
  const { limits, organizations, users, keys } = parsed.config
  const { integration, organization, apiKey } = limits
  expect([integration?.limit, organization?.limit, apiKey?.limit]).toEqual([300, 500, 300])
  for (const limit of [integration, organization, apiKey])
    expect(limit).toMatchObject({ algorithm: 'fixed-window', windowMs: 300_000, phaseMs: 0 })
  expect(organizations).toEqual([{ id: 'onset' }])
  expect(keys).toEqual([embeddedKey, embeddedSetupKey].map((key) => ({ key, user: users[0]?.id })))
})

test('one limit can be changed alone, or switched off', () => {
  const parsed = parseTargetConfig({ limits: { organization: { limit: 5 }, apiKey: null } })
  expect(parsed).toMatchObject({
    valid: true,
    config: {
      limits: { integration: { limit: 300 }, organization: { limit: 5, windowMs: 300_000 }, apiKey: null },
    },
  })
})

test('all mistakes are told at once, each with its place', () => {
  const parsed = parseTargetConfig({
    limits: { integration: { algorithm: 'leaky', windowMs: 0 }, team: {} },
    pageSize: 'many',
  })
  if (parsed.valid) throw new Error('accepted')
  expect(parsed.mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
    'limits.integration.algorithm',
    'limits.integration.windowMs',
    'limits',
    'pageSize',
  ])
})

test('users and keys must belong to somebody, and be there once', () => {
  const parsed = parseTargetConfig({
    organizations: [{ id: 'a' }, { id: 'a' }],
    users: [{ id: 'U', organization: 'b' }],
    keys: [
      { key: 'k', user: 'U' },
      { key: 'k', user: 'V' },
    ],
  })
  if (parsed.valid) throw new Error('accepted')
  expect(parsed.mistakes).toEqual([
    'organizations.1.id: is there twice',
    'keys.1.key: is there twice',
    'users.0.organization: expected the id of an organization (a, a), got "b"',
    'keys.1.user: expected the id of a user (U), got "V"',
  ])
})

test('what is not an object is a mistake too', () => {
  for (const input of [undefined, null, 7, []]) expect(parseTargetConfig(input).valid).toBe(false)
})
