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

/** How many answers were right, and how many questions could not be told. */
export interface Tally {
  right: number
  open: number
}

/** What came of asking simulated platforms. */
export interface AskedSimulated {
  /** Of platforms with fixed windows and the limits of the spec. */
  asWritten: Tally
  others: Tally
  /** With all that it takes to do it again. */
  wrong: { seed: number; question: string; says: string; truth: string; why: string; platform: string }[]
}

/** Asks so many simulated platforms, each drawn from a seed of its own, from the first one on. */
export async function askSimulated(first: number, count: number): Promise<AskedSimulated> {
  const found: AskedSimulated = {
    asWritten: { right: 0, open: 0 },
    others: { right: 0, open: 0 },
    wrong: [],
  }
  for (let seed = first; seed < first + count; seed++) {
    const platform = drawn(seed)
    const truths = truthOf(platform)
    const tally = isAsWritten(platform) ? found.asWritten : found.others
    for (const { question, says, why } of await answersOf(platform)) {
      const truth = truths[question as QuestionId]
      if (truth === undefined) continue
      if (says === 'cannot-tell') tally.open++
      else if (says === truth) tally.right++
      else found.wrong.push({ seed, question, says, truth, why, platform: JSON.stringify(platform) })
    }
  }
  return found
}

/** The same in a sentence. */
export function tallyWords({ asWritten, others }: AskedSimulated, first: number, count: number): string {
  const words = ({ right, open }: Tally) => `${right} answers right, ${open} cannot tell`
  return `${count} platforms from seed ${first}: fixed windows as in the spec ${words(asWritten)}; others ${words(others)} (ONSET_SEED replays them)`
}
