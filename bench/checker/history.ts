import { Outcome } from '../../lib/history/history.ts'
import { type Descriptor, eventLine, headerLine, recordLine } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import { type Spec, specSchema } from '../../lib/spec/index.ts'
import { seeded } from '../../test/simulation/simulate.ts'
import { createQueue } from './queue.ts'

/** The limiters that a history can be made of. */
export const limiters = ['fixed-window', 'first-hit-window', 'sliding-log'] as const

/** What a history is made of; the same always gives the same history. */
export interface Traffic {
  records: number
  /** Requests that are on their way at a time, on average. */
  inFlight: number
  limiter: (typeof limiters)[number]
  /** Which limits there are: one on the organization, or one on each of its integrations before that. */
  scopes: 'organization' | 'integration+organization'
  seed: number
}

const startedAtMs = Date.parse('2026-11-23T08:11:02.123Z')
const meanLatencyUs = 20_000

/** So many requests are sent in a window, on average. */
const sentPerWindow = 5_000
const organizationLimit = 3_000
const integrationLimit = 1_000

/** What each integration sends of the whole: some reach their limit in a window, and some do not. */
const shares = { A: 0.4, B: 0.3, C: 0.2, D: 0.1 }

const descriptors: Descriptor[] = Object.keys(shares).map((integration) => ({
  name: integration,
  scopes: { integration, organization: 'acme' },
}))

/** Busy for five windows and quiet for two, so that limits are reached and left alone by turns. */
const rates = [1.25, 1.25, 1.25, 1.25, 1.25, 0.375, 0.375]

/** How long a window is, in whole milliseconds: as long as it takes to send so many requests. */
export function windowMsOf({ inFlight }: Traffic): number {
  return Math.round((sentPerWindow * meanLatencyUs) / inFlight / 1000)
}

/** Where a window starts, in microseconds since the history's start: what only the server knows. */
export function phaseUsOf(traffic: Traffic): number {
  return Math.floor(seeded(traffic.seed + 1)() * windowMsOf(traffic) * 1000)
}

/** The limits that the server keeps, and nothing said of how: every windowed algorithm is possible. */
export function specOf(traffic: Traffic): Pick<Spec, 'limits' | 'clockDriftPpm'> {
  const window = `${windowMsOf(traffic)}ms`
  const limits = [
    { name: 'alerts per integration', scope: 'integration', limit: integrationLimit, window },
    { name: 'alerts per organization', scope: 'organization', limit: organizationLimit, window },
  ]
  // Client and server share a clock here. With a drift, long histories would have more in flight.
  return specSchema.parse({
    limits: traffic.scopes === 'organization' ? limits.slice(1) : limits,
    clockDriftPpm: 0,
  })
}

interface Sent {
  descriptor: number
  sentUs: number
  receivedUs: number
  outcome: Outcome
  limitedBy: string | undefined
}

/**
 * The lines of a history, as Onset writes them when the answers come: stamps of whole milliseconds and
 * durations of microseconds. Requests leave at random, are decided at random between sending and answer,
 * and take 20 ms on average, a quarter of it at least and five times as much at most.
 */
export function* historyLines(traffic: Traffic): Generator<string> {
  const random = seeded(traffic.seed)
  const hierarchy = hierarchyOf(traffic)
  const decisions = createQueue<Sent>()
  const answers = createQueue<Sent>()
  const windowUs = windowMsOf(traffic) * 1000
  const gapUs = windowUs / sentPerWindow
  let nowUs = 0

  const lineOf = ({ descriptor, sentUs, receivedUs, outcome, limitedBy }: Sent) =>
    recordLine({
      descriptor: (descriptors[descriptor] as Descriptor).name,
      sent: startedAtMs + Math.floor(sentUs / 1000),
      received: startedAtMs + Math.floor(receivedUs / 1000),
      status: outcome === Outcome.accepted ? 200 : 429,
      limitedBy,
      retryAfter: outcome === Outcome.accepted ? undefined : '1',
      durationMs: (receivedUs - sentUs) / 1000,
    })

  function* until(us: number): Generator<string> {
    while (decisions.firstUs <= us) {
      const atUs = decisions.firstUs
      const sent = decisions.take()
      const { scopes } = descriptors[sent.descriptor] as Descriptor
      const decision = hierarchy.decide({ scopes, atUs, cost: 1 })
      if (decision.refusedBy !== undefined) {
        sent.outcome = Outcome.limited
        sent.limitedBy = hierarchy.limits[decision.refusedBy]?.scope
      }
    }
    while (answers.firstUs <= us) yield lineOf(answers.take())
  }

  yield headerLine({ tool: 'bench', startedAtMs, clockSlackMs: 1, descriptors })
  for (let sent = 0; sent < traffic.records; sent++) {
    const rate = rates[Math.floor(nowUs / windowUs) % rates.length] as number
    nowUs += (-Math.log(1 - random()) * gapUs) / rate
    const sentUs = Math.floor(nowUs)
    const latencyUs = Math.min(5, 0.25 - 0.75 * Math.log(1 - random())) * meanLatencyUs
    const one: Sent = {
      descriptor: descriptorFor(random()),
      sentUs,
      receivedUs: Math.ceil(sentUs + latencyUs),
      outcome: Outcome.accepted,
      limitedBy: undefined,
    }
    yield* until(sentUs)
    decisions.add(Math.floor(sentUs + latencyUs * random()), one)
    answers.add(one.receivedUs, one)
  }
  yield* until(Number.MAX_SAFE_INTEGER)
  yield eventLine({ event: 'end', at: startedAtMs + Math.ceil(nowUs / 1000) + 1_000, reason: 'finished' })
}

function hierarchyOf(traffic: Traffic) {
  const phaseUs = phaseUsOf(traffic)
  return createHierarchy(
    specOf(traffic).limits.map(({ name, scope, limit, window }) => ({
      name,
      scope,
      model: () => createLimiter(traffic.limiter, { limit, windowUs: window * 1000, phaseUs }),
      limitedRequests: 'free',
      chargedWhenRefused: 'free',
    })),
  )
}

function descriptorFor(draw: number): number {
  let rest = draw
  return Object.values(shares).findIndex((share, index, all) => {
    rest -= share
    return rest < 0 || index === all.length - 1
  })
}
