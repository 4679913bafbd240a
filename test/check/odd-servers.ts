import type { History, Scopes } from '../../lib/history/index.ts'
import { createHierarchy } from '../../lib/limiters/index.ts'
import {
  type Algorithm,
  algorithms,
  bringsWholeUnits,
  type Limit,
  type OutcomeRule,
  type Spec,
  specSchema,
  windowedAlgorithms,
} from '../../lib/spec/index.ts'
import { type Drawing, drawing } from './drawing.ts'
import { type Circumstances, type Hidden, historyOf } from './odd-answers.ts'
import { heedless, persistent } from './odd-clients.ts'
import { enforced, type Fault, type OddLimit } from './odd-limiters.ts'

/** What is drawn from one seed: a server, who asks it what, and a spec that tells the truth about it. */
export interface OddServer {
  /** What is odd about it, in words. */
  oddities: readonly string[]
  /** Do its clients fill limits and watch them recover, as it takes for a pass? */
  persistent: boolean
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>
  limits: readonly OddLimit[]
  /** What is recorded of it, where nothing is wrong with it, or something with one of its limits. */
  historyOf(wrong?: { fault: Fault; index: number }): History
}

/** The limits as they are with a fault; undefined where that is nothing else. */
export function limitsWith({ limits, spec }: OddServer, fault: Fault, index: number): OddLimit[] | undefined {
  const { instead } = fault
  if (!instead) return [...limits]
  const other = instead(limits[index] as OddLimit, spec.limits[index] as Limit)
  return other && limits.with(index, other)
}

/** How often each oddity is drawn, unless the server is to have but one. */
const often = 0.2

/**
 * Draws one to three limits in a hierarchy, two of them perhaps of one scope, with everything that a spec may
 * leave open and whatever else may stand between a server and a history: clocks that go on by 100 ms or a
 * second, of some limits only, or drift; requests that are decided after the client gave up; statuses that
 * neither admit nor refuse, or that the spec has a rule of its own for; limits that are none of the spec's; use
 * by others, before the history and meanwhile; records that are missing; a clock that is set meanwhile; requests
 * that cost nothing.
 */
export function drawOddServer(seed: number): OddServer {
  const draw = drawing(seed)
  const { chance, whole, oneOf, random } = draw
  const found: string[] = []
  const only = chance(0.7) ? whole(0, 13) : undefined
  let asked = 0
  const odd = (what: string) => {
    const place = asked++
    const is = chance(often)
    if (only === undefined ? !is : place !== only) return false
    found.push(what)
    return true
  }

  const windowMs = oneOf([200, 1_000, 1_500, 2_000, 5_000, 10_000])
  const clocks = odd('coarse clocks') ? [0, 100, 1_000] : [0]
  const sameScope = odd('two limits of a scope')
  const scopes = sameScope
    ? oneOf([
        ['key', 'key'],
        ['key', 'key', 'org'],
      ])
    : oneOf([['key'], ['key'], ['key', 'org'], ['key', 'org'], ['key', 'org', 'tenant']])
  const limits = scopes.map((scope, place) => drawLimit(draw, scope, place, windowMs, clocks))
  if (chance(0.3)) limits.reverse()

  const drifts = odd('drift')
  const clockDriftPpm = drifts ? oneOf([200, 2_000, 10_000]) : oneOf([0, 200])
  const hiddenScopes = [...new Set(odd('others') ? scopes.filter(() => chance(0.7)) : [])]
  const before = odd('used before') ? scopes.filter(() => chance(0.7)) : []
  const cut = odd('cut off')
  const rule: OutcomeRule = odd('rules for statuses')
    ? oneOf<OutcomeRule>([
        { accepted: ['2xx', 500], limited: 429 },
        { accepted: '2xx', limited: [429, 503] },
        { accepted: ['2xx', '4xx'], limited: [429, 503] },
      ])
    : { accepted: '2xx', limited: 429 }
  const spec = drawSpec(draw, limits, clockDriftPpm, {
    foreign: hiddenScopes,
    used: cut ? scopes : [...new Set(before)],
  })

  const isPersistent = chance(0.6)
  const elsewhere = odd('limits elsewhere')
  const descriptors = drawDescriptors(draw, scopes, elsewhere)
  const longestMs = Math.max(...limits.map((one) => one.windowMs))
  const windowUs = (isPersistent ? longestMs : windowMs) * 1_000
  const lost = odd('no answers')
  const otherwise = odd('other statuses')
  const incomplete = odd('missing records')
  const stepped = odd('clock set')
  const circumstances: Omit<Circumstances, 'free'> = {
    descriptors,
    rule,
    latencyUs: isPersistent
      ? oneOf([0, windowUs / 1_000, windowUs / 500, windowUs / 200])
      : oneOf([0, 0, windowUs / 200, windowUs / 50, windowUs / 10, windowUs / 3, windowUs]),
    patienceUs: Math.round(windowUs * oneOf([0.02, 0.1])),
    shares: {
      lost: lost ? 0.3 * random() : 0,
      otherwise: otherwise ? 0.3 * random() : 0,
      elsewhere: elsewhere ? 0.3 * random() : 0,
    },
    named: oneOf([0, 0, 1, 1, 0.5]),
    serverUs: drawClock(draw, drifts ? clockDriftPpm : 0, windowUs),
    slackMs: oneOf([0, 0, 1, 10]),
    hidden: drawHidden(draw, descriptors, { scopes: hiddenScopes, before, limits, windowUs }),
    cutOff: cut ? whole(1, 6) : 0,
    missing: { share: incomplete ? 0.3 * random() : 0, as: oneOf(['torn', 'skipped']) },
    ...(stepped && {
      step: {
        atUs: Math.round(3 * windowUs * random()),
        byUs: Math.round(windowUs * (2 * random() - 1)),
        stampedAfter: chance(0.5),
      },
    }),
    dropped: chance(0.03),
    shuffledRows: chance(0.3),
  }
  const least = Math.min(...limits.map(({ limit }) => limit))
  const most = Math.max(...limits.map(({ limit }) => limit))
  const answersSeed = whole(0, 2 ** 30)
  const free = { share: odd('requests that cost nothing') ? 0.3 * random() : 0, asked: chance(0.5) }

  const server: OddServer = {
    oddities: found,
    persistent: isPersistent,
    spec,
    limits,
    historyOf(wrong) {
      const own = drawing(answersSeed)
      const names = descriptors.map(({ name }) => name)
      const client = isPersistent
        ? persistent(own, names, own.oneOf([least, most]), windowUs)
        : heedless(own, names, least, windowUs)
      const asThey = wrong ? limitsWith(server, wrong.fault, wrong.index) : limits
      const hierarchy = createHierarchy(
        (asThey ?? limits).map((limit, index) => {
          const broken = wrong?.index === index ? wrong.fault.broken : undefined
          return enforced(limit, (model) => broken?.(model, own) ?? model)
        }),
      )
      return historyOf(own, client, hierarchy, { ...circumstances, free })
    },
  }
  return server
}

function drawLimit(
  { whole, chance, oneOf, random }: Drawing,
  scope: string,
  place: number,
  windowMs: number,
  clocks: readonly number[],
): OddLimit {
  const limit = whole(1, chance(0.7) ? 5 : 12) + place * whole(1, 3)
  const ofLimit = place === 0 ? windowMs : windowMs * oneOf([1, 1, 1, 1, 2, 5, 0.5])
  const algorithm = oneOf(algorithms)
  const brings = whole(1, limit)
  const refillEveryMs = (brings * ofLimit) / limit
  const isWhole = Number.isInteger(refillEveryMs) && bringsWholeUnits(limit, ofLimit, refillEveryMs)
  return {
    name: `limit ${place}`,
    scope,
    limit,
    windowMs: ofLimit,
    algorithm,
    ...(algorithm === 'token-bucket' && isWhole && chance(0.6) && { refillEveryMs }),
    limitedRequests: oneOf(['free', 'counted'] as const),
    chargedWhenRefused: oneOf(['free', 'counted', 'earlier'] as const),
    rounding: oneOf(['floor', 'ceil'] as const),
    clockMs: oneOf(clocks),
    phaseShares: chance(0.3) ? [0] : Array.from({ length: 4 }, random),
  }
}

/** What the spec says: as the server does it, or with rules and algorithms left open. */
function drawSpec(
  { chance, oneOf }: Drawing,
  limits: readonly OddLimit[],
  clockDriftPpm: number,
  { foreign, used }: { foreign: readonly string[]; used: readonly string[] },
): OddServer['spec'] {
  const anyAlgorithm = chance(0.4)
  const leavesOpen = oneOf([0, 0.5, 1])
  return specSchema.parse({
    clockDriftPpm,
    limits: limits.map((limit) => {
      const { name, scope, algorithm, refillEveryMs, limitedRequests, chargedWhenRefused, clockMs } = limit
      const all: Algorithm[] = [algorithm, ...windowedAlgorithms]
      return {
        name,
        scope,
        limit: limit.limit,
        window: `${limit.windowMs}ms`,
        algorithm: anyAlgorithm ? [...new Set(all)] : algorithm,
        ...(refillEveryMs !== undefined && { refillEvery: `${refillEveryMs}ms` }),
        limitedRequests: chance(leavesOpen) ? 'either' : limitedRequests,
        chargedWhenRefused: chance(leavesOpen) ? 'either' : chargedWhenRefused,
        tolerance: oneOf([0.02, 0.05, 0.1, 0.1]),
        startsEmpty: !used.includes(scope) && chance(0.97),
        foreignTraffic: foreign.includes(scope) || chance(0.02) ? 'possible' : 'none',
        serverClock: clockMs > 0 || chance(0.02) ? '1s' : 'exact',
      }
    }),
  })
}

function drawDescriptors({ chance, whole, oneOf }: Drawing, scopes: readonly string[], elsewhere: boolean) {
  return Array.from({ length: whole(1, 3) }, (_, k) => {
    const carries: Record<string, string> = { key: `k${k}` }
    for (const scope of ['org', 'tenant'])
      if (scopes.includes(scope) && (k === 0 || chance(0.8))) carries[scope] = oneOf(['a', 'a', 'a', 'b'])
    if (elsewhere) carries.address = 'x'
    return { name: `k${k}`, scopes: carries }
  })
}

/** A clock that strays from the client's by no more than so many millionths of any time that passes. */
function drawClock({ whole, chance, oneOf, random }: Drawing, driftPpm: number, windowUs: number) {
  const offsetUs = 1_000_000_000_000 + whole(0, 1e7)
  // Rounded to whole microseconds it still keeps within that.
  const rate = (0.9 * driftPpm) / 1e6
  const periodUs = windowUs * (0.5 + 3 * random())
  const sign = oneOf([-1, 1])
  const steady = chance(0.5)
  return (us: number) => {
    if (driftPpm === 0) return us + offsetUs
    const part = us - Math.floor(us / periodUs) * periodUs
    const strays = steady ? us : Math.abs(part - periodUs / 2)
    return Math.floor(us + sign * rate * strays) + offsetUs
  }
}

/** What others send, which counts for limits of these scopes alone: all the time, and before the history. */
function drawHidden(
  { whole, oneOf, random }: Drawing,
  descriptors: readonly { scopes: Scopes }[],
  about: {
    scopes: readonly string[]
    before: readonly string[]
    limits: readonly OddLimit[]
    windowUs: number
  },
): Hidden[] {
  const { limits, windowUs } = about
  const most = Math.max(...limits.map(({ limit }) => limit))
  const request = (scopes: readonly string[], atUs: number): Hidden => {
    const own = oneOf(descriptors).scopes
    const carries = Object.entries(own).filter(([scope]) => scopes.includes(scope))
    return { scopes: Object.fromEntries(carries), cost: whole(1, 2), atUs: Math.round(atUs) }
  }
  const times = (count: number) => Array.from({ length: count }, random)
  return [
    ...(about.scopes.length > 0 ? times(whole(1, 4 * most)) : []).map((share) =>
      request(about.scopes, (6 * share - 1) * windowUs),
    ),
    ...(about.before.length > 0 ? times(whole(1, 2 * most)) : []).map((share) =>
      request(about.before, -1 - 2 * share ** 2 * windowUs),
    ),
  ]
}
