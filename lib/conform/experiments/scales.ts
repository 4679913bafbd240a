import { Outcome } from '../../history/index.ts'
import type { Said } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { acceptedIn, allOf, closely, fillUp, loosely, mostGoingOn, mostProbes, reachTwice } from '../fill.ts'
import { isProvenBeside } from '../proven.ts'
import type { QuestionId } from '../questions.ts'
import { alertsTo, getOf, heartbeatTo, malformedTo } from '../requests.ts'
import { alertLimits, fixtureOf, limitOf, restMs, type Site } from '../site.ts'
import {
  alertsInPayload,
  isOpen,
  type Load,
  said,
  uncontrolled,
  type Weighed,
  weigh,
  weighed,
  weightsFor,
} from '../weighing.ts'
import { assumedMs, type Experiment } from './experiment.ts'

/** Where a window began in the middle of one weighing, another one settles it. */
const integrations = ['W', 'X']
const plain = 'V'

const questionOf: Record<Weighed, QuestionId> = {
  'several-alerts': 'counts-several-alerts',
  heartbeat: 'counts-heartbeat',
  malformed: 'counts-malformed',
  get: 'counts-get',
}

/** What uses up an integration's limit, beside alerts. */
export const scales: Experiment = {
  name: 'what uses up the limit of an integration',
  answers: Object.values(questionOf),
  track: 'alerts',
  fills: 'organization',
  integrations: () => [
    ...[plain, ...integrations].map((descriptor) => ({ descriptor, type: 'alertmanager' as const })),
  ],
  obstacle(site) {
    const limit = limitOf(site, 'integration')
    if (!limit) return 'The spec has no limit for integrations.'
    if (weightsFor(limit.limit)) return undefined
    return `A limit of ${limit.limit} is too small to weigh anything with.`
  },
  cost(site) {
    const limit = limitOf(site, 'integration')?.limit ?? 0
    const times = 1 + integrations.length
    const probes = mostProbes(closely) + integrations.length * mostProbes(loosely)
    const further = mostGoingOn(closely) + integrations.length * mostGoingOn(loosely)
    const alerts = times * 4 * limit + probes + further
    const windowMs = limitOf(site, 'integration')?.window ?? 0
    return {
      apiRequests: 0,
      alerts,
      ms: alerts * assumedMs + (2 * times + 1) * windowMs + integrations.length * restMs(site),
    }
  },
  async run(site, asked) {
    const kinds = weighed.filter((kind) => asked.has(questionOf[kind]))
    const limit = limitOf(site, 'integration')
    const weights = limit && weightsFor(limit.limit)
    const found = new Map<QuestionId, Said>()
    if (!limit || !weights) return found
    const most = 2 * limit.limit + 3
    const { signal, rest } = site
    const fill = (descriptor: string) => fillUp(() => send(site, descriptor, 'alert'), { most, signal })
    const loaded = async (descriptor: string) => {
      const exchanges: Exchange[] = []
      for (const kind of kinds) {
        for (let k = 0; k < weights[kind]; k++) exchanges.push(await send(site, descriptor, kind))
      }
      return [...exchanges, ...(await fill(descriptor))]
    }
    const probe = (descriptor: string) => () => send(site, descriptor, 'alert')
    const watching = { windowMs: limit.window, rest, signal }
    // An integration that gets alerts alone has to prove that the limit is the one that the spec has.
    const control = await reachTwice(
      () => fill(plain),
      probe(plain),
      { ...closely, ...watching },
      { isReached: (since) => acceptedIn(since) >= limit.limit, most },
    )
    const isControlled = isProvenBeside(allOf(control), limit, site)
    let result = new Map<Weighed, Set<number>>()
    let second: readonly Exchange[] = []
    const loads: Load[] = []
    for (const [index, descriptor] of isControlled ? integrations.entries() : []) {
      await rest(restMs(site))
      if (signal.aborted) break
      const beside = integrations[1 - index] as string
      const isReached = async (since: readonly Exchange[]) => {
        const { limitedBy } = since.at(-1) as Exchange
        // Where refusals do not say whose they are, one that sent nothing gets through unless all are refused.
        return limitedBy !== undefined
          ? limitedBy === limit.scope
          : (await probe(beside)()).outcome === Outcome.accepted
      }
      const burst = () => loaded(descriptor)
      const weighing = await reachTwice(
        burst,
        probe(descriptor),
        { ...loosely, ...watching },
        { isReached, most },
      )
      second = weighing.second
      loads.push(weighing.first, [...weighing.probes.slice(-1), ...second])
      const alerts = site.exchanges().filter(({ kind }) => kind !== 'list')
      result = weigh(kinds, alerts, loads, limit, alertLimits(site), site.clockDriftPpm)
      if (!isOpen(result)) break
    }
    if (!isControlled) {
      const lines = allOf(control).map(({ line }) => line)
      for (const kind of kinds) found.set(questionOf[kind], uncontrolled(limit, lines))
      return found
    }
    for (const kind of kinds) {
      const lines = second.filter((exchange) => exchange.kind === kind).map(({ line }) => line)
      const accepted = acceptedIn(second.filter((exchange) => exchange.kind === 'alert'))
      const seen = { sent: lines.length, accepted, limit }
      found.set(questionOf[kind], said(kind, result.get(kind) ?? new Set(), seen, lines))
    }
    return found
  },
}

function send(site: Site, descriptor: string, kind: Weighed | 'alert'): Promise<Exchange> {
  const fixture = fixtureOf(site, descriptor)
  switch (kind) {
    case 'alert':
      return site.ask(alertsTo(fixture, site.runId, 1))
    case 'several-alerts':
      return site.ask(alertsTo(fixture, site.runId, alertsInPayload))
    case 'heartbeat':
      return site.ask(heartbeatTo(fixture))
    case 'malformed':
      return site.ask(malformedTo(fixture, site.runId))
    case 'get':
      return site.ask(getOf(fixture))
  }
}
