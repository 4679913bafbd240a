import { createLimiter, type EnforcedLimit, type LimiterModel } from '../../lib/limiters/index.ts'
import { type Algorithm, algorithms, type Limit } from '../../lib/spec/index.ts'
import type { Drawing } from './drawing.ts'

/** One limit as an odd server enforces it. */
export interface OddLimit {
  name: string
  scope: string
  limit: number
  windowMs: number
  algorithm: Algorithm
  /** Token bucket only: how far its refills are apart; all the time where it is missing. */
  refillEveryMs?: number
  limitedRequests: 'free' | 'counted'
  chargedWhenRefused: 'free' | 'counted' | 'earlier'
  rounding: 'floor' | 'ceil'
  /** Its clock goes on by so much at a time; 0 for a microsecond. */
  clockMs: number
  /** Where its windows start, or its refills come, as a share of a window, for each value of the scope in turn. */
  phaseShares: readonly number[]
}

/** What one limit of a server does otherwise than the spec says. */
export interface Fault {
  name: string
  /** What the limit is instead, where it is a limiter all the same; undefined where that is nothing else. */
  instead?: (limit: OddLimit, said: Limit) => OddLimit | undefined
  /** What becomes of its model. */
  broken?: (model: LimiterModel, draw: Drawing) => LimiterModel
}

const withLimit = (change: (limit: number) => number) => (one: OddLimit) => {
  const limit = change(one.limit)
  return limit > 0 ? { ...one, limit } : undefined
}

const withWindow = (share: (said: Limit) => number) => (one: OddLimit, said: Limit) => {
  const refillEveryMs = one.refillEveryMs && one.refillEveryMs * share(said)
  return { ...one, windowMs: one.windowMs * share(said), ...(refillEveryMs && { refillEveryMs }) }
}

/** What goes wrong with limits. */
export const faults: readonly Fault[] = [
  { name: 'one more', instead: withLimit((limit) => limit + 1) },
  { name: 'one less', instead: withLimit((limit) => limit - 1) },
  { name: '13 % more', instead: withLimit((limit) => Math.ceil(limit * 1.13)) },
  { name: 'twice as many', instead: withLimit((limit) => limit * 2) },
  { name: 'a window 10 % longer', instead: withWindow(() => 1.1) },
  { name: 'a window 10 % shorter', instead: withWindow(() => 0.9) },
  { name: 'a window longer by the tolerance', instead: withWindow(({ tolerance }) => 1 + tolerance) },
  { name: 'a window shorter by the tolerance', instead: withWindow(({ tolerance }) => 1 - tolerance) },
  { name: 'half the window', instead: withWindow(() => 0.5) },
  {
    name: 'another algorithm',
    instead: ({ refillEveryMs: _, ...one }, said) => {
      // A bucket decides the same by either name.
      const names = said.algorithm.some((name) => isBucket(name)) ? algorithms.slice(0, 4) : algorithms
      const algorithm = names.findLast((name) => !said.algorithm.includes(name))
      return algorithm && { ...one, algorithm }
    },
  },
  {
    name: 'counts otherwise what it refuses',
    instead: (one, said) =>
      said.limitedRequests === 'either'
        ? undefined
        : { ...one, limitedRequests: one.limitedRequests === 'free' ? 'counted' : 'free' },
  },
  {
    name: 'loses updates',
    broken: (model, { chance }) => ({
      ...model,
      charge: (state, atUs, cost) => (chance(0.3) ? state : model.charge(state, atUs, cost)),
    }),
  },
  {
    name: 'forgets',
    broken: (model, { chance }) => ({
      ...model,
      charge: (state, atUs, cost) => (chance(0.1) ? model.init() : model.charge(state, atUs, cost)),
    }),
  },
  {
    name: 'counts requests and not what they cost',
    broken: (model) => ({
      ...model,
      admits: (state, atUs) => model.admits(state, atUs, 1),
      charge: (state, atUs) => model.charge(state, atUs, 1),
    }),
  },
  {
    name: 'refuses for no reason',
    broken: (model, { chance }) => ({
      ...model,
      admits: (state, atUs, cost) => !chance(0.1) && model.admits(state, atUs, cost),
    }),
  },
]

function isBucket(algorithm: Algorithm): boolean {
  return algorithm === 'token-bucket' || algorithm === 'gcra'
}

/** The limit as a hierarchy enforces it. Its windows start where they do for each value of the scope. */
export function enforced(limit: OddLimit, broken: (model: LimiterModel) => LimiterModel): EnforcedLimit {
  const { name, scope, limitedRequests, chargedWhenRefused, clockMs, phaseShares } = limit
  const values: string[] = []
  return {
    name,
    scope,
    limitedRequests,
    chargedWhenRefused,
    model(scopeValue) {
      const place = values.push(scopeValue) - 1
      const windowUs = Math.round(limit.windowMs * 1_000)
      const share = phaseShares[place % phaseShares.length] as number
      const model = createLimiter(limit.algorithm, {
        limit: limit.limit,
        windowUs,
        phaseUs: Math.floor(share * windowUs),
        rounding: limit.rounding,
        ...(limit.refillEveryMs !== undefined && { refillTickUs: Math.round(limit.refillEveryMs * 1_000) }),
      })
      const grainUs = clockMs * 1_000
      const byItsClock = (us: number) => (grainUs > 0 ? Math.floor(us / grainUs) * grainUs : us)
      return broken({
        ...model,
        admits: (state, atUs, cost) => model.admits(state, byItsClock(atUs), cost),
        charge: (state, atUs, cost) => model.charge(state, byItsClock(atUs), cost),
      })
    },
  }
}
