import { createLimiter, type LimiterModel } from '../limiters/index.ts'
import type { Algorithm, Limit } from '../spec/index.ts'
import type { Call } from './arrival.ts'
import type { Promised } from './limits-under-test.ts'

/** One limit as a correct limiter may enforce it: what is left open is fixed. */
export interface Enforced {
  limit: Limit
  algorithm: Algorithm
  limitedRequests: 'counted' | 'free'
  chargedWhenRefused: 'counted' | 'free' | 'earlier'
  /** Where a window starts, or a refill comes, in Unix milliseconds; for algorithms that follow the clock. */
  windowStartsMs?: number
}

/** How a correct limiter would have answered, that one of them which comes closest to what was seen. */
export interface Reference {
  /** How it enforces each of the limits. */
  enforced: readonly Enforced[]
  /** For each call: should it have been allowed? */
  allowed: boolean[]
  /** How many answers differ from what was seen. */
  differing: number
}

/** Windows of one limit are tried from so many of the calls: more would tell a person nothing. */
const mostPhases = 200

/** So many ways to enforce several limits together are tried. */
const mostWays = 3_000

/**
 * Asks the models the same as a limiter was asked, one after another and at the same instants, and
 * returns the answers that differ least from what was seen. Of equals it prefers the algorithm that
 * is named first, and windows that start at whole multiples of their length on the Unix clock.
 */
export function closestReference(calls: readonly Call[], promised: Promised): Reference {
  let best: Reference | undefined
  for (const enforced of waysToEnforce(calls, promised)) {
    const allowed = answers(calls, promised, enforced)
    const differing = allowed.filter((answer, index) => answer !== calls[index]?.allowed).length
    if (!best || differing < best.differing) best = { enforced, allowed, differing }
  }
  return best as Reference
}

/**
 * A way to enforce the limits in which a correct limiter answers just so, one call after another: the
 * history of these calls then has a witness.
 * @param likely a way that is tried first, such as the one that was found for another history.
 */
export function wayThatAnswersSo(
  calls: readonly Call[],
  promised: Promised,
  likely?: readonly Enforced[],
): readonly Enforced[] | undefined {
  const isSo = (enforced: readonly Enforced[]) => {
    const decide = enforcing(promised, enforced)
    return calls.every((call) => decide(call) === call.allowed)
  }
  if (likely && isSo(likely)) return likely
  for (const enforced of waysToEnforce(calls, promised)) if (isSo(enforced)) return enforced
  return undefined
}

function answers(calls: readonly Call[], promised: Promised, enforced: readonly Enforced[]): boolean[] {
  return calls.map(enforcing(promised, enforced))
}

function* waysToEnforce(calls: readonly Call[], { limits }: Promised): Generator<readonly Enforced[]> {
  const alone = limits.length === 1
  const startsMs = [0, ...calls.slice(0, alone ? mostPhases : 1).map(({ nowMs }) => nowMs)]
  const waysOfEach = limits.map((limit) => [...waysOfOne(limit, startsMs, alone)])
  let tried = 0
  for (const ways of together(waysOfEach)) {
    if (tried++ >= mostWays) return
    yield ways
  }
}

function* waysOfOne(limit: Limit, startsMs: readonly number[], alone: boolean): Generator<Enforced> {
  const chosen = <Rule extends string>(rule: Rule | 'either', all: readonly Rule[]) =>
    rule === 'either' ? all : [rule as Rule]
  const charged = alone
    ? (['free'] as const)
    : chosen(limit.chargedWhenRefused, ['free', 'counted', 'earlier'] as const)
  for (const algorithm of limit.algorithm) {
    const followsClock =
      algorithm === 'fixed-window' ||
      algorithm === 'sliding-counter' ||
      (algorithm === 'token-bucket' && limit.refillEvery !== undefined)
    for (const windowStartsMs of followsClock ? startsMs : [undefined])
      for (const chargedWhenRefused of charged)
        for (const limitedRequests of chosen(limit.limitedRequests, ['free', 'counted'] as const))
          yield { limit, algorithm, limitedRequests, chargedWhenRefused, windowStartsMs }
  }
}

/** Every choice of one way for each limit. */
function* together(waysOfEach: readonly (readonly Enforced[])[]): Generator<readonly Enforced[]> {
  const [first, ...rest] = waysOfEach
  if (!first) {
    yield []
    return
  }
  for (const one of first) for (const others of together(rest)) yield [one, ...others]
}

/** A correct limiter, in which nothing is counted yet: a request is let through iff all limits admit it. */
function enforcing(
  { scopesOf }: Promised,
  enforced: readonly Enforced[],
): (call: Pick<Call, 'key' | 'cost' | 'nowMs'>) => boolean {
  const models = enforced.map(
    ({ limit, algorithm, windowStartsMs = 0 }): LimiterModel =>
      createLimiter(algorithm, {
        limit: limit.limit,
        windowUs: limit.window * 1000,
        phaseUs: windowStartsMs * 1000,
        ...(algorithm === 'token-bucket' &&
          limit.refillEvery !== undefined && { refillTickUs: limit.refillEvery * 1000 }),
      }),
  )
  const states = enforced.map(() => new Map<string, unknown>())
  return ({ key, cost, nowMs }) => {
    const scopes = scopesOf(key)
    const atUs = nowMs * 1000
    const values = enforced.map(({ limit }) => scopes[limit.scope] as string)
    const stateOf = (k: number) => states[k]?.get(values[k] as string) ?? models[k]?.init()
    const admits = models.map((model, k) => model.admits(stateOf(k), atUs, cost))
    const refuser = admits.indexOf(false)
    for (const [k, { limitedRequests, chargedWhenRefused }] of enforced.entries()) {
      const charged = admits[k]
        ? refuser < 0 || chargedWhenRefused === 'counted' || (chargedWhenRefused === 'earlier' && k < refuser)
        : limitedRequests === 'counted'
      if (charged) states[k]?.set(values[k] as string, models[k]?.charge(stateOf(k), atUs, cost))
    }
    return refuser < 0
  }
}
