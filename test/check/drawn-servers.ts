import { type History, historyFromRecords, Outcome, type RecordInput } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter } from '../../lib/limiters/index.ts'
import {
  type Algorithm,
  algorithms,
  type Spec,
  specSchema,
  windowedAlgorithms,
} from '../../lib/spec/index.ts'
import { type Drawing, drawing } from './drawing.ts'
import { drawRequests, type Planned } from './drawn-requests.ts'

/** One limit as a drawn server enforces it. */
interface Enforced {
  name: string
  scope: 'key' | 'org'
  limit: number
  windowMs: number
  algorithm: Algorithm
  limitedRequests: 'free' | 'counted'
  chargedWhenRefused: 'free' | 'counted' | 'earlier'
  rounding: 'floor' | 'ceil'
  phaseShare: number
}

/** A request on its way: where it is sent, decided and answered, and whether any of that is lost. */
interface Sent {
  descriptor: string
  cost: number
  sentUs: number
  decidedUs: number
  receivedUs: number
  fate: 'answered' | 'answer lost' | 'never arrived'
}

/** What is drawn from one seed: a server, what it is sent, and a spec that allows just such a server. */
export interface DrawnServer {
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>
  enforced: readonly Enforced[]
  /** How the server answers; where its limits are so much higher than the spec says, or it is correct. */
  historyOf(more?: number): History
}

/**
 * Draws one or two limits of any algorithm, with everything that a spec may leave open, and some twenty
 * requests of mixed costs: at once, evenly, up to a boundary and on from it, after idle times; with
 * latencies from none to a third of a window, coarse clocks, lost answers and refusals that name a limit.
 */
export function drawServer(seed: number): DrawnServer {
  const draw = drawing(seed)
  const count = draw.chance(0.2) ? 1 : 2
  const windowMs = draw.oneOf([100, 200, 1_000, 1_500, 10_000])
  const enforced = Array.from({ length: count }, (_, k) => drawLimit(draw, k, windowMs))
  if (draw.chance(0.3)) enforced.reverse()
  const descriptors = Array.from({ length: draw.whole(1, 3) }, (_, k) => ({
    name: `k${k}`,
    scopes: {
      key: `k${k}`,
      ...(count > 1 && (k === 0 || draw.chance(0.8)) && { org: draw.oneOf(['o', 'o', 'o', 'p']) }),
    },
  }))
  const least = Math.min(...enforced.map(({ limit }) => limit))
  const names = descriptors.map(({ name }) => name)
  const sent = onTheWay(draw, drawRequests(draw, names, least, windowMs * 1_000), windowMs * 1_000)
  const slackMs = draw.oneOf([0, 0, 1])
  const namesLimit = draw.chance(0.4)
  const shuffledRows = draw.chance(0.3)
  const torn = draw.chance(0.05)

  function historyOf(more = 0): History {
    const hierarchy = createHierarchy(
      enforced.map(({ algorithm, limit, windowMs: ms, rounding, phaseShare, ...rules }) => ({
        ...rules,
        model: () =>
          createLimiter(algorithm, {
            limit: limit + more,
            windowUs: ms * 1_000,
            phaseUs: Math.floor(phaseShare * ms * 1_000),
            rounding,
          }),
      })),
    )
    const stamp = (us: number) => (slackMs > 0 ? Math.floor(us / 1_000) * 1_000 : us)
    const records = sent.map(({ descriptor, cost, sentUs, decidedUs, receivedUs, fate }): RecordInput => {
      const times = { descriptor, cost, sentUs: stamp(sentUs), receivedUs: stamp(receivedUs) }
      if (fate === 'never arrived') return { ...times, outcome: Outcome.unknown }
      const scopes = descriptors.find(({ name }) => name === descriptor)?.scopes as Record<string, string>
      const { admitted, refusedBy } = hierarchy.decide({ scopes, atUs: decidedUs, cost })
      if (fate === 'answer lost') return { ...times, outcome: Outcome.unknown }
      if (admitted) return { ...times, outcome: Outcome.accepted }
      const limitedBy = namesLimit ? enforced[refusedBy as number]?.scope : undefined
      return { ...times, outcome: Outcome.limited, limitedBy }
    })
    if (!shuffledRows) records.sort((a, b) => a.sentUs - b.sentUs)
    return historyFromRecords({ descriptors, clockSlackMs: slackMs, torn }, records)
  }

  return { spec: drawSpec(draw, enforced), enforced, historyOf }
}

function drawLimit({ random, whole, chance, oneOf }: Drawing, place: number, windowMs: number): Enforced {
  return {
    name: `limit ${place}`,
    scope: place === 0 ? 'key' : 'org',
    limit: whole(1, chance(0.7) ? 5 : 15) + 2 * place,
    windowMs: place === 0 ? windowMs : oneOf([windowMs, 2 * windowMs]),
    algorithm: oneOf(algorithms),
    limitedRequests: oneOf(['free', 'counted'] as const),
    chargedWhenRefused: oneOf(['free', 'counted', 'earlier'] as const),
    rounding: oneOf(['floor', 'ceil'] as const),
    phaseShare: chance(0.5) ? 0 : random(),
  }
}

/** What the spec says: as the server does it, or with rules and algorithms left open. */
function drawSpec({ chance, oneOf }: Drawing, enforced: readonly Enforced[]): DrawnServer['spec'] {
  const anyAlgorithm = chance(0.5)
  return specSchema.parse({
    clockDriftPpm: oneOf([0, 200]),
    limits: enforced.map(
      ({ name, scope, limit, windowMs, algorithm, limitedRequests, chargedWhenRefused }) => ({
        name,
        scope,
        limit,
        window: `${windowMs}ms`,
        algorithm: anyAlgorithm ? [...new Set([algorithm, ...windowedAlgorithms])] : algorithm,
        limitedRequests: chance(0.5) ? 'either' : limitedRequests,
        chargedWhenRefused: chance(0.5) ? 'either' : chargedWhenRefused,
        startsEmpty: chance(0.85),
        foreignTraffic: chance(0.1) ? 'possible' : 'none',
      }),
    ),
  })
}

/** Gives requests their latencies and fates, in the order in which the server decides them. */
function onTheWay(draw: Drawing, planned: readonly Planned[], windowUs: number): Sent[] {
  const { random, chance, oneOf } = draw
  const latencyUs = oneOf([0, 0, windowUs / 200, windowUs / 50, windowUs / 10, windowUs / 3])
  const lost = chance(0.2) ? 0.2 * random() : 0
  const reversed = chance(0.5)
  const sent = planned.map(({ descriptor, cost, atUs }): Sent => {
    const thereUs = Math.round(latencyUs * random() ** 2)
    const backUs = Math.round(latencyUs * random() ** 2)
    const fate = chance(lost) ? oneOf(['answer lost', 'never arrived'] as const) : 'answered'
    const decidedUs = atUs + thereUs
    return { descriptor, cost, sentUs: atUs, decidedUs, receivedUs: decidedUs + backUs, fate }
  })
  if (reversed) sent.reverse()
  return sent.sort((a, b) => a.decidedUs - b.decidedUs)
}
