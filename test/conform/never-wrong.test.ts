import { describe, expect, test } from 'vitest'
import { conductInquiry } from '../../lib/conform/conduct.ts'
import { planInquiry, type QuestionId } from '../../lib/conform/index.ts'
import { modelledAlgorithms } from '../../lib/limiters/index.ts'
import { drawnPlatform, type SimulatedPlatform, simulatedSite } from './simulated-site.ts'

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
  'concurrency',
]

function truthOf(platform: SimulatedPlatform): Partial<Record<QuestionId, string>> {
  const { countedBy, heartbeats, malformed, get, eachAlert, chargedWhenRefused } = platform
  const counts = (does: boolean) => (does ? 'counts' : 'free')
  return {
    'counts-heartbeat': counts(heartbeats),
    'counts-malformed': counts(malformed),
    'counts-get': counts(get),
    'counts-several-alerts': eachAlert ? 'each' : 'once',
    'whose-same-user': countedBy === 'key' ? 'own' : 'shared',
    'whose-other-user': countedBy === 'organization' ? 'shared' : 'own',
    'whose-other-organization': 'own',
    'isolation-hammered': chargedWhenRefused === 'counted' ? 'charged' : 'free',
    concurrency: 'holds',
  }
}

async function answersOf(platform: SimulatedPlatform) {
  const site = simulatedSite(platform)
  return conductInquiry(planInquiry(site, new Set(asked)), site, () => undefined)
}

const runs = Number(process.env.ONSET_PLATFORMS ?? 12)

describe('what a platform is asked', () => {
  test('is answered rightly or not at all, whatever counts, whenever windows begin and whatever the limits are', async () => {
    const first = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
    const tally = { right: 0, open: 0 }
    for (let seed = first; seed < first + runs; seed++) {
      const platform = drawnPlatform(seed, modelledAlgorithms)
      const truth = truthOf(platform)
      for (const { question, says, why } of await answersOf(platform)) {
        const expected = truth[question as QuestionId]
        if (expected === undefined) continue
        if (says === 'cannot-tell') tally.open++
        else {
          expect
            .soft({ seed, question, says, why }, JSON.stringify(platform))
            .toMatchObject({ says: expected })
          tally.right++
        }
      }
    }
    console.log(
      `${runs} platforms from seed ${first}: ${tally.right} answers right, ${tally.open} cannot tell (ONSET_SEED replays them)`,
    )
    expect(tally.right).toBeGreaterThan(tally.open)
  })
})
