import { expect, test } from 'vitest'
import { withOtherKeys } from '../../lib/conform/index.ts'
import { embeddedKey, embeddedSetupKey } from '../../lib/target/index.ts'
import { client } from '../target/client.ts'
import { started } from '../target/started.ts'
import { inquireAt, testSpec } from './ask-stand-in.ts'

test('what questions make in both organizations, also on the way, is removed from a target that lasts', async () => {
  // All windows begin now, so that none ends while it is asked.
  const windowMs = 60_000
  const window = { windowMs, phaseMs: Date.now() % windowMs }
  const limits = { integration: 30, organization: 50, apiKey: 60 }
  const { config, otherKeys } = withOtherKeys({
    limits: {
      integration: { limit: limits.integration, ...window },
      organization: { limit: limits.organization, ...window },
      apiKey: { limit: limits.apiKey, ...window },
    },
  })
  const { url } = await started(config)
  const target = { kind: 'oncall', url, apiKey: embeddedKey, setupKey: embeddedSetupKey } as const
  const asked = ['pages-while-added', 'isolation-other-organization'] as const
  const { answers, warnings } = await inquireAt(target, otherKeys, asked, {
    spec: testSpec(windowMs, limits),
    maxRequests: 300,
  })
  expect(answers.map(({ question, says }) => [question, says])).toEqual([
    ['pages-while-added', 'once'],
    ['isolation-other-organization', 'own'],
  ])
  expect(warnings).toEqual([])
  for (const key of [embeddedSetupKey, otherKeys.otherOrganization]) {
    const { body } = await client(url, key).api('GET', 'integrations/')
    expect(body.results).toEqual([])
  }
})
