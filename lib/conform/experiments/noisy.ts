import type { Limit } from '../../spec/index.ts'
import type { Said } from '../answer.ts'
import {
  acceptedIn,
  fillUp,
  loosely,
  mostProbes,
  probesUntilRecovery,
  sendMany,
  wasReached,
} from '../fill.ts'
import { type Round, saidOfHammered } from '../hammered.ts'
import { type Noise, saidOfQuiet } from '../isolation.ts'
import type { QuestionId } from '../questions.ts'
import { alertTo } from '../requests.ts'
import { mostSenders, neededSenders, senders, sendersFor } from '../senders.ts'
import { alertLimits, fixtureOf, limitOf, type Site } from '../site.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** So many alerts of the quiet integration, one right after another, say whether it gets through. */
const quietAlerts = 3

/** So many more are sent than it takes. */
const spare = 10

/** The noisy one; the others that bring the organization to its limit come after it. */
const noisyOne = 'A'
const quietOne = 'Q'

/**
 * How many alerts of the noisy one are refused in each round, before others bring the organization to its limit.
 * Few, then many, then few again: whatever number the first of two rounds leaves open, since a window may have
 * begun in the middle of it, the later one excludes. Mostly two are enough. Where the second found little room,
 * since the limit recovers little by little, the third is with as many, after it has recovered altogether.
 */
const refusedIn = (organization: number, recoversSlowly = false) => {
  const [few, many] = [Math.floor(organization / 10) + 3, Math.floor(organization / 4) + 7]
  return [few, many, recoversSlowly ? many : few]
}

/** What was sent so long ago counts no more, for either limit of alerts and in any kind of window. */
const longRestMs = (site: Pick<Site, 'limits'>) =>
  2.1 * Math.max(0, ...alertLimits(site).map(({ window: windowMs }) => windowMs))

/** Did a round right after a recovery find room for less than half of what the limit takes? */
function foundLittle({ isFresh, noisy, others }: Round, { limit }: Limit): boolean {
  return !isFresh && acceptedIn([...noisy, ...others]) < limit / 2
}

/** How it is done with these limits. A later round may find the noisy one at its limit still. */
function planOf(site: Pick<Site, 'limits'>) {
  const integration = limitOf(site, 'integration')?.limit ?? 0
  const organization = limitOf(site, 'organization')?.limit ?? 0
  // A window that begins in the middle of a round leaves room for all of them once more.
  const many = sendersFor(site, organization)
  // None takes part in two rounds on end, so that none comes near its own limit.
  const helpers = [senders(many, 1), senders(many, 1 + many), senders(many, 1)]
  return { integration, organization, helpers, count: 1 + 2 * many }
}

/** A noisy integration beside a quiet one. */
export const noisy: Experiment = {
  name: 'a quiet integration beside a noisy one',
  answers: ['isolation-quiet', 'isolation-hammered'],
  track: 'alerts',
  fills: 'organization',
  integrations: (site, asked) => [
    ...neededSenders(asked.has('isolation-hammered') ? planOf(site).count : 1),
    { descriptor: quietOne, type: 'formatted_webhook' },
  ],
  obstacle(site, question) {
    const { integration, organization, count } = planOf(site)
    if (integration === 0) return 'The spec has no limit for integrations.'
    if (question !== 'isolation-hammered') return undefined
    if (organization === 0) return 'The spec has no limit for the organization.'
    if (organization < integration + 2 * quietAlerts + spare)
      return "The organization's limit leaves no room beside one integration."
    if (count > mostSenders)
      return `It takes more than ${mostSenders} integrations to bring the organization to its limit.`
    return undefined
  },
  cost(site, asked) {
    const { integration, organization } = planOf(site)
    const once = 2 * integration + spare + quietAlerts + 1
    if (!asked.has('isolation-hammered')) return { apiRequests: 0, alerts: once, ms: once * assumedMs }
    const refused = refusedIn(organization, true)
    const roundsCost = refused.length * (once + organization + spare + mostProbes(loosely))
    const alerts = roundsCost + refused.reduce((sum, count) => sum + count)
    return { apiRequests: 0, alerts, ms: alerts * assumedMs + (refused.length - 1) * longRestMs(site) }
  },
  async run(site, asked) {
    const said = new Map<QuestionId, Said>()
    const { helpers } = planOf(site)
    const { signal, rest } = site
    const organization = limitOf(site, 'organization')
    const first = await makeNoise(site)
    const othersToo = site.limits.some(({ foreignTraffic }) => foreignTraffic === 'possible')
    if (asked.has('isolation-quiet')) said.set('isolation-quiet', saidOfQuiet(first, othersToo))
    if (!asked.has('isolation-hammered') || !organization) return said
    const rounds: Round[] = []
    for (const index of refusedIn(organization.limit).keys()) {
      const before = rounds.at(-1)
      const recoversSlowly = before !== undefined && foundLittle(before, organization)
      const refused = refusedIn(organization.limit, recoversSlowly)[index] as number
      // In the first round a window may begin in the middle, and leave so much room that it ends before the limit
      // is reached. Right after a recovery none does.
      const isFresh = before === undefined || recoversSlowly || !wasReached(before.others)
      const watching = { windowMs: organization.window, ...loosely, rest, signal }
      if (isFresh && before !== undefined) await rest(longRestMs(site))
      const probes = isFresh ? [] : await probesUntilRecovery(sendTo(site, quietOne), watching)
      const noise = index === 0 ? first : await makeNoise(site)
      const hammered = await sendMany(sendTo(site, noisyOne), refused, 1, () => !signal.aborted)
      let turn = 0
      const others = helpers[index] ?? []
      const next = () => sendTo(site, others[turn++ % others.length] as string)()
      const spread = await fillUp(next, { most: organization.limit + spare, signal })
      const noisyAlerts = [...noise.filled, ...noise.after, ...hammered]
      rounds.push({ isFresh, probes, noisy: noisyAlerts, others: [...noise.quiet, ...spread] })
      const judged = saidOfHammered(rounds, alertLimits(site), organization, site.clockDriftPpm)
      said.set('isolation-hammered', judged.said)
      if (!judged.isOpen || signal.aborted) break
    }
    return said
  },
}

function sendTo({ ask, fixtures, runId }: Pick<Site, 'ask' | 'fixtures' | 'runId'>, descriptor: string) {
  return () => ask(alertTo(fixtureOf({ fixtures }, descriptor), runId))
}

/** A noisy integration is filled to its limit; a quiet one sends a few; and is the noisy one refused still? */
async function makeNoise(site: Site): Promise<Noise> {
  const { signal } = site
  const most = 2 * planOf(site).integration + spare
  const filled = await fillUp(sendTo(site, noisyOne), { most, signal })
  const quiet = await sendMany(sendTo(site, quietOne), quietAlerts, 1, () => !signal.aborted)
  const after = await sendMany(sendTo(site, noisyOne), 1, 1, () => false)
  return { filled, quiet, after }
}
