import { createLimiter } from '../limiters/index.ts'
import type { Algorithm, Limit } from '../spec/index.ts'
import type { Call } from './arrival.ts'

/** How a correct limiter would have answered, that one of them which comes closest to what was seen. */
export interface Reference {
  algorithm: Algorithm
  limitedRequests: 'counted' | 'free'
  /** Where a window starts, in Unix milliseconds; for algorithms whose windows follow the clock. */
  windowStartsMs?: number
  /** For each call: should it have been allowed? */
  allowed: boolean[]
  /** How many answers differ from what was seen. */
  differing: number
}

/** Windows are tried from so many of the calls: more would tell a person nothing. */
const mostPhases = 200

/**
 * Asks the models the same as a limiter was asked, one after another and at the same instants, and
 * returns the answers that differ least from what was seen. Of equals it prefers the algorithm that
 * is named first, and windows that start at whole multiples of their length on the Unix clock.
 */
export function closestReference(calls: readonly Call[], limit: Limit): Reference {
  const refused =
    limit.limitedRequests === 'either' ? (['free', 'counted'] as const) : [limit.limitedRequests]
  let best: Reference | undefined
  for (const algorithm of limit.algorithm) {
    const followsClock = algorithm === 'fixed-window' || algorithm === 'sliding-counter'
    const phases = followsClock ? [0, ...calls.slice(0, mostPhases).map(({ nowMs }) => nowMs)] : [undefined]
    for (const windowStartsMs of phases) {
      for (const limitedRequests of refused) {
        const allowed = answers(calls, limit, { algorithm, limitedRequests, windowStartsMs })
        const differing = allowed.filter((answer, index) => answer !== calls[index]?.allowed).length
        if (!best || differing < best.differing)
          best = { algorithm, limitedRequests, windowStartsMs, allowed, differing }
      }
    }
  }
  return best as Reference
}

function answers(
  calls: readonly Call[],
  { limit, window }: Limit,
  {
    algorithm,
    limitedRequests,
    windowStartsMs = 0,
  }: Pick<Reference, 'algorithm' | 'limitedRequests' | 'windowStartsMs'>,
): boolean[] {
  const model = createLimiter(algorithm, { limit, windowUs: window * 1000, phaseUs: windowStartsMs * 1000 })
  const states = new Map<string, unknown>()
  return calls.map(({ key, cost, nowMs }) => {
    const state = states.get(key) ?? model.init()
    const allowed = model.admits(state, nowMs * 1000, cost)
    if (allowed || limitedRequests === 'counted') states.set(key, model.charge(state, nowMs * 1000, cost))
    return allowed
  })
}
