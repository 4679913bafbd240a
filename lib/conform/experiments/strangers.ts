import type { Said } from '../answer.ts'
import { cannotTell } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { fillUp } from '../fill.ts'
import { alertTo } from '../requests.ts'
import { mostSenders, neededSenders, senders, sendersFor } from '../senders.ts'
import { alertLimits, fixtureOf, limitOf, restMs, type Site, strangerDescriptor } from '../site.ts'
import { type Attempt, saidOfStrangers } from '../strangers.ts'
import { assumedMs, type Experiment } from './experiment.ts'

const question = 'isolation-other-organization'

/** So many alerts show before that the other organization's integration gets through. */
const beforehand = 3

/** While this organization is at its limit, so many are sent to the other one, then one to this, and again. */
const inTurn = 5
const turns = 5

/** Where a window began in the middle of one attempt, another one settles it. */
const attempts = 2

/** How many integrations fill the organization, in turn. */
const countFor = (site: Pick<Site, 'limits'>) =>
  sendersFor(site, (limitOf(site, 'organization')?.limit ?? 0) + turns)

/** An integration of another organization, while this one is at its limit. */
export const strangers: Experiment = {
  name: 'an integration of another organization, while this one is at its limit',
  answers: [question],
  track: 'alerts',
  fills: 'organization',
  integrations: (site) => [
    ...neededSenders(countFor(site)),
    { descriptor: strangerDescriptor, type: 'formatted_webhook', inOtherOrganization: true },
  ],
  obstacle(site) {
    const organization = limitOf(site, 'organization')
    const integration = limitOf(site, 'integration')
    if (!organization) return 'The spec has no limit for the organization.'
    if (site.otherKeys.otherOrganization === undefined)
      return 'No key of another organization was named (target.otherKeys.otherOrganization).'
    if (countFor(site) > mostSenders)
      return `It takes more than ${mostSenders} integrations to bring the organization to its limit.`
    if (integration && integration.limit <= beforehand + turns * inTurn)
      return `A limit of ${integration.limit} for integrations leaves too few alerts to tell it with.`
    return undefined
  },
  cost(site) {
    const organization = limitOf(site, 'organization')?.limit ?? 0
    const alerts = attempts * (beforehand + 2 * organization + 3 + turns * (inTurn + 1))
    return { apiRequests: 0, alerts, ms: alerts * assumedMs + (attempts - 1) * restMs(site) }
  },
  async run(site) {
    const organization = limitOf(site, 'organization')
    const { stranger, signal } = site
    if (!organization || !stranger) return new Map()
    if (!stranger.ok) {
      const settledBy = 'Name a key of another organization that may make integrations there.'
      return new Map([[question, cannotTell(stranger.why, settledBy)]])
    }
    const own = senders(countFor(site))
    let turn = 0
    const toOwn = () => site.ask(alertTo(fixtureOf(site, own[turn++ % own.length] as string), site.runId))
    const toStranger = async (count: number) => {
      const sent: Exchange[] = []
      for (let k = 0; k < count && !signal.aborted; k++) {
        sent.push(await site.ask(alertTo(stranger.fixture, site.runId)))
      }
      return sent
    }
    let said: Said | undefined
    const made: Attempt[] = []
    while (made.length < attempts) {
      if (made.length > 0) await site.rest(restMs(site))
      const before = await toStranger(beforehand)
      const filled = await fillUp(toOwn, { most: 2 * organization.limit + 3, signal })
      const atLimit: Exchange[] = []
      for (let k = 0; k < turns && !signal.aborted; k++) {
        atLimit.push(...(await toStranger(inTurn)), await toOwn())
      }
      made.push({ before, filled, atLimit })
      said = saidOfStrangers(made, alertLimits(site), organization, site.clockDriftPpm)
      if (said.says !== 'cannot-tell' || signal.aborted) break
    }
    return new Map(said && [[question, said]])
  },
}
