import { describe, expect, test } from 'vitest'
import { conductInquiry } from '../../lib/conform/conduct.ts'
import { planInquiry, type QuestionId } from '../../lib/conform/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'
import { testSpec } from './ask-stand-in.ts'
import { type SimulatedPlatform, simulatedSite } from './simulated-site.ts'

/** As the documented ones: an integration that is filled twice needs more than the organization has. */
const tight = { integration: 40, organization: 65, apiKey: 40 }
const wide = { integration: 40, organization: 120, apiKey: 40 }
type Limits = typeof tight
const windowMs = 300_000

const documented: Omit<SimulatedPlatform, 'seed' | 'algorithm' | 'limits'> = {
  countedBy: 'organization',
  organizationsShare: false,
  heartbeats: false,
  malformed: true,
  get: false,
  eachAlert: true,
  chargedWhenRefused: 'free',
  nameRefuser: false,
  latencyMs: 3,
}

/**
 * What a platform answers that is as its spec says, every window beginning at a phase drawn from the seed.
 * @param told does the spec say by which algorithm limits are enforced?
 */
async function saidBy(
  algorithm: Algorithm,
  seed: number,
  { integration, organization, apiKey }: Limits,
  asked: readonly QuestionId[],
  told: boolean,
) {
  const spec = testSpec(windowMs, { integration, organization, apiKey })
  if (told) spec.limits = spec.limits.map((limit) => ({ ...limit, algorithm: [algorithm] }))
  const limits = {
    integration: { limit: integration, windowMs },
    organization: { limit: organization, windowMs },
    apiKey: { limit: apiKey, windowMs },
  }
  const site = simulatedSite({ ...documented, algorithm, seed, limits }, spec)
  const answers = await conductInquiry(planInquiry(site, new Set(asked)), site, () => undefined)
  return Object.fromEntries(answers.map(({ question, says }) => [question, says]))
}

const counts = {
  'counts-heartbeat': 'free',
  'counts-malformed': 'counts',
  'counts-get': 'free',
}
const whose = { 'whose-same-user': 'shared', 'whose-other-user': 'shared', 'whose-other-organization': 'own' }

describe('a platform with limits as documented, whose refusals do not say which limit refused', () => {
  test.each<[string, Algorithm, number, Limits, Record<string, string>]>([
    ['what counts, where the organization refuses first', 'fixed-window', 1, tight, counts],
    ['what counts by a bucket', 'token-bucket', 1, tight, counts],
    ['whose a bucket is that several keys share', 'token-bucket', 2, tight, whose],
    ['that a bucket holds that refills slowly', 'token-bucket', 3, tight, { concurrency: 'holds' }],
    [
      'that refused alerts use nothing of a bucket',
      'token-bucket',
      4,
      wide,
      { 'isolation-hammered': 'free' },
    ],
    [
      "that a bucket is an organization's own",
      'token-bucket',
      5,
      wide,
      { 'isolation-other-organization': 'own' },
    ],
  ])('tells %s', async (_, algorithm, seed, limits, said) => {
    expect(await saidBy(algorithm, seed, limits, Object.keys(said) as QuestionId[], true)).toEqual(said)
  })

  test('tells whose a bucket is, where the spec leaves open how limits are enforced', async () => {
    expect(await saidBy('token-bucket', 6, tight, Object.keys(whose) as QuestionId[], false)).toEqual(whose)
  })

  test('tells that refused alerts are free in a log, where the spec leaves open that it is one', async () => {
    expect(await saidBy('sliding-log', 1, wide, ['isolation-hammered'], false)).toEqual({
      'isolation-hammered': 'free',
    })
  })
})

test('a platform whose organization has another limit than the spec says is not told what refused alerts use up', async () => {
  const platform: SimulatedPlatform = {
    ...documented,
    algorithm: 'token-bucket',
    chargedWhenRefused: 'counted',
    latencyMs: 1,
    seed: 7212,
    limits: {
      integration: { limit: 60, windowMs: 4000 },
      organization: { limit: 100, windowMs: 800 },
      apiKey: { limit: 60, windowMs: 8000 },
    },
  }
  const site = simulatedSite(platform, testSpec(8000, { integration: 60, organization: 100, apiKey: 60 }))
  const inquiry = planInquiry(site, new Set<QuestionId>(['isolation-hammered']))
  const [answer] = await conductInquiry(inquiry, site, () => undefined)
  expect(answer).toMatchObject({ says: 'cannot-tell' })
})
