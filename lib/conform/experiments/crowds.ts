import type { Limit } from '../../spec/index.ts'
import type { Said } from '../answer.ts'
import { type Approach, saidOfConcurrency } from '../concurrency.ts'
import type { Exchange } from '../exchange.ts'
import { acceptedIn, closely, fillUp, loosely, mostGoingOn, mostProbes, reachTwice } from '../fill.ts'
import type { QuestionId } from '../questions.ts'
import { alertTo } from '../requests.ts'
import { fixtureOf, limitOf, restMs, type Site } from '../site.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** So many requests are in flight at a time, each at an integration of its own. */
const crowds = [
  { descriptor: 'F', inFlight: 1 },
  { descriptor: 'G', inFlight: 2 },
  { descriptor: 'H', inFlight: 8 },
  { descriptor: 'I', inFlight: 32 },
] as const

/** The same onset approached by one and by many at a time. */
export const crowdsAtTheLimit: Experiment = {
  name: 'the limit of an integration with up to 32 requests in flight',
  answers: ['concurrency'],
  track: 'alerts',
  fills: 'organization',
  integrations: () => crowds.map(({ descriptor }) => ({ descriptor, type: 'formatted_webhook' })),
  obstacle: (site) => (limitOf(site, 'integration') ? undefined : 'The spec has no limit for integrations.'),
  cost(site) {
    const limit = limitOf(site, 'integration')
    const probes = mostProbes(closely) + (crowds.length - 1) * mostProbes(loosely)
    const alerts = crowds.length * 4 * (limit?.limit ?? 0) + probes + mostGoingOn(closely)
    return {
      apiRequests: 0,
      alerts,
      ms:
        (alerts * assumedMs) / 4 + (crowds.length + 2) * (limit?.window ?? 0) + crowds.length * restMs(site),
    }
  },
  async run(site) {
    const limit = limitOf(site, 'integration')
    if (!limit) return new Map()
    const approaches: Approach[] = []
    for (const { descriptor, inFlight } of crowds) {
      if (approaches.length > 0) await site.rest(restMs(site))
      if (site.signal.aborted) break
      approaches.push(await approach(site, descriptor, inFlight, limit))
    }
    return new Map<QuestionId, Said>([['concurrency', saidOfConcurrency(approaches, limit, site)]])
  },
}

async function approach(
  site: Site,
  descriptor: string,
  inFlight: number,
  { limit, window: windowMs }: Limit,
): Promise<Approach> {
  const fixture = fixtureOf(site, descriptor)
  const send = () => site.ask(alertTo(fixture, site.runId))
  const most = 2 * limit + 2 * inFlight + 3
  const burst = () => fillUp(send, { most, inFlight, signal: site.signal })
  const { rest, signal } = site
  const isSingle = inFlight === 1
  const watching = { ...(isSingle ? closely : loosely), windowMs, rest, signal }
  const isReached = (since: readonly Exchange[]) => acceptedIn(since) >= limit
  return {
    inFlight,
    ...(await reachTwice(burst, send, watching, isSingle ? { isReached, most } : undefined)),
  }
}
