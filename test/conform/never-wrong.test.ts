import { describe, expect, test } from 'vitest'
import { conductInquiry } from '../../lib/conform/conduct.ts'
import { planInquiry, type QuestionId } from '../../lib/conform/index.ts'
import { modelledAlgorithms } from '../../lib/limiters/index.ts'
import { drawnPlatform, type SimulatedPlatform, simulatedSite } from './simulated-site.ts'
import { specLimits, specWindowMs } from './switches.ts'

const asked: readonly QuestionId[] = [
  'counts-heartbeat',
  'counts-malformed',
  'counts-get',
  'counts-several-alerts',
  'whose-same-user',
  'whose-other-user',
  'whose-other-organization',
  'isolation-quiet',
  'isolation-hammered',
  'isolation-other-organization',
  'concurrency',
]

function truthOf(platform: SimulatedPlatform): Partial<Record<QuestionId, string>> {
  const { countedBy, heartbeats, malformed, get, eachAlert, chargedWhenRefused } = platform
  const isShared = (by: readonly string[]) => (by.includes(countedBy) ? 'shared' : 'own')
  const counts = (does: boolean) => (does ? 'counts' : 'free')
  return {
    'counts-heartbeat': counts(heartbeats),
    'counts-malformed': counts(malformed),
    'counts-get': counts(get),
    'counts-several-alerts': eachAlert ? 'each' : 'once',
    'whose-same-user': isShared(['user', 'organization', 'everybody']),
    'whose-other-user': isShared(['organization', 'everybody']),
    'whose-other-organization': isShared(['everybody']),
    'isolation-hammered': chargedWhenRefused === 'counted' ? 'charged' : 'free',
    'isolation-other-organization': platform.organizationsShare ? 'shared' : 'own',
    concurrency: 'holds',
  }
}

/** Every third is a platform with fixed windows and the limits of the spec: that is what has to be answered. */
function drawn(seed: number): SimulatedPlatform {
  const platform = drawnPlatform(seed, modelledAlgorithms)
  return seed % 3 === 0 ? { ...platform, algorithm: 'fixed-window', limits: specified } : platform
}

const isAsWritten = ({ algorithm, limits }: SimulatedPlatform) =>
  algorithm === 'fixed-window' && limits === specified

const windowMs = specWindowMs
const specified: SimulatedPlatform['limits'] = {
  integration: { limit: specLimits.integration, windowMs },
  organization: { limit: specLimits.organization, windowMs },
  apiKey: { limit: specLimits.apiKey, windowMs },
}

async function answersOf(platform: SimulatedPlatform) {
  const site = simulatedSite(platform)
  return conductInquiry(planInquiry(site, new Set(asked)), site, () => undefined)
}

const runs = Number(process.env.ONSET_PLATFORMS ?? 9)

describe('what a platform is asked', () => {
  test('is answered rightly or not at all, whatever counts, whenever windows begin and whatever the limits are', async () => {
    const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
    const tally = { right: 0, open: 0 }
    const asWritten = { right: 0, open: 0 }
    for (let seed = first; seed < first + runs; seed++) {
      const platform = drawn(seed)
      const truth = truthOf(platform)
      for (const { question, says, why } of await answersOf(platform)) {
        const expected = truth[question as QuestionId]
        if (expected === undefined) continue
        const counts = isAsWritten(platform) ? asWritten : tally
        if (says === 'cannot-tell') counts.open++
        else {
          expect
            .soft({ seed, question, says, why }, JSON.stringify(platform))
            .toMatchObject({ says: expected })
          counts.right++
        }
      }
    }
    const words = ({ right, open }: typeof tally) => `${right} answers right, ${open} cannot tell`
    console.log(
      `${runs} platforms from seed ${first}: fixed windows as in the spec ${words(asWritten)}; others ${words(tally)} (ONSET_SEED replays them)`,
    )
    expect(asWritten.right).toBeGreaterThan(asWritten.open)
  })
})
