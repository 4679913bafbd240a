import type { Said } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { fillUp, sendMany } from '../fill.ts'
import { saidOfHammered, saidOfQuiet } from '../isolation.ts'
import type { QuestionId } from '../questions.ts'
import { alertTo } from '../requests.ts'
import { alertLimits, fixtureOf, limitOf, type Site } from '../site.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** So many alerts of the quiet integration, one right after another, say whether it gets through. */
const quietAlerts = 3

/** So many more are sent than it takes. */
const spare = 10

/**
 * What is refused has to be sent well within a window: one after another, whose order is known, where that
 * takes no more than this share of it, and otherwise with so many in flight.
 */
const mostOfWindow = 0.15
const hammerers = 8

/** So often the quiet integration sends a few alerts while the noisy one is refused. */
const whispers = 10

const ofLimits = (site: Pick<Site, 'limits'>) => {
  const integration = limitOf(site, 'integration')?.limit ?? 0
  const organization = limitOf(site, 'organization')?.limit ?? 0
  return { integration, organization, toHammer: 2 * organization + spare }
}

/** A noisy integration beside a quiet one. */
export const noisy: Experiment = {
  name: 'a quiet integration beside a noisy one',
  answers: ['isolation-quiet', 'isolation-hammered'],
  track: 'alerts',
  fills: 'organization',
  integrations: ['A', 'Q'].map((descriptor) => ({ descriptor, type: 'formatted_webhook' })),
  obstacle(site, question) {
    const { integration, organization } = ofLimits(site)
    if (integration === 0) return 'The spec has no limit for integrations.'
    if (question !== 'isolation-hammered') return undefined
    if (organization === 0) return 'The spec has no limit for the organization.'
    if (organization < integration + quietAlerts * (whispers + 1) + spare)
      return "The organization's limit leaves no room beside one integration."
    return undefined
  },
  cost(site) {
    const { integration, toHammer } = ofLimits(site)
    const alerts = 2 * integration + toHammer + quietAlerts * (whispers + 1) + spare
    return { apiRequests: 0, alerts, ms: alerts * assumedMs }
  },
  async run(site, asked) {
    const said = new Map<QuestionId, Said>()
    const { toHammer, integration } = ofLimits(site)
    const loud = fixtureOf(site, 'A')
    const still = fixtureOf(site, 'Q')
    const shout = () => site.ask(alertTo(loud, site.runId))
    const whisper = async () => {
      const exchanges: Exchange[] = []
      for (let k = 0; k < quietAlerts && !site.signal.aborted; k++) {
        exchanges.push(await site.ask(alertTo(still, site.runId)))
      }
      return exchanges
    }
    const filled = await fillUp(shout, { most: 2 * integration + spare, signal: site.signal })
    const quiet = await whisper()
    const othersToo = site.limits.some(({ foreignTraffic }) => foreignTraffic === 'possible')
    if (asked.has('isolation-quiet')) said.set('isolation-quiet', saidOfQuiet(quiet, filled, othersToo))
    const organization = limitOf(site, 'organization')
    if (!asked.has('isolation-hammered') || !organization) return said
    // Twice what fills the organization: then one side of any edge of a window holds all that it takes.
    const hammered: Exchange[] = []
    const between: Exchange[] = []
    const atOnce = Math.ceil(toHammer / whispers)
    const inFlight = toHammer * meanMs(filled) <= mostOfWindow * organization.window ? 1 : hammerers
    while (hammered.length < toHammer && !site.signal.aborted) {
      hammered.push(...(await sendMany(shout, atOnce, inFlight, () => !site.signal.aborted)))
      between.push(...(await whisper()))
    }
    said.set(
      'isolation-hammered',
      saidOfHammered(
        [...filled, ...quiet, ...hammered, ...between],
        between,
        hammered.length,
        alertLimits(site),
        organization,
        site.clockDriftPpm,
      ),
    )
    return said
  },
}

/** How long these took, on average. */
function meanMs(exchanges: readonly Exchange[]): number {
  const total = exchanges.reduce((sum, { sentMs, receivedMs }) => sum + receivedMs - sentMs, 0)
  return exchanges.length === 0 ? 0 : total / exchanges.length
}
