import type { Algorithm, Limit } from '../spec/index.ts'

/** One concrete limiter that a spec allows: what is left open there is fixed here. */
export interface Hypothesis {
  algorithm: Algorithm
  limit: number
  windowUs: number
  /** Do requests that this limit refuses use it up? */
  limitedRequests: 'counted' | 'free'
  /** Do requests that another limit refuses use this one up? */
  chargedWhenRefused: 'counted' | 'free' | 'earlier'
}

/** Which other limits share requests with one: those before it in the list, and those after it. */
export interface Neighbours {
  earlier: boolean
  later: boolean
}

/**
 * Is a refused request that is counted invisible in this algorithm's answers?
 * In fixed and first-hit windows the count is over the limit anyway, so once is as good as never.
 */
export function saturates(algorithm: Algorithm): boolean {
  return algorithm === 'fixed-window' || algorithm === 'first-hit-window'
}

/** A hypothesis in words, for results: `sliding-log, 300 in 10000 ms, refused requests counted`. */
export function describeHypothesis(h: Hypothesis): string {
  const counted =
    !saturates(h.algorithm) && h.limitedRequests === 'counted' ? ', refused requests counted' : ''
  const charged =
    h.chargedWhenRefused === 'free' ? '' : `, charged when another limit refuses (${h.chargedWhenRefused})`
  return `${h.algorithm}, ${h.limit} in ${h.windowUs / 1000} ms${counted}${charged}`
}

/**
 * Every concrete limiter that a limit of a spec allows, for a limit and a window that may differ
 * from the spec's (rivals). Combinations that no history can tell apart are listed once.
 */
export function hypotheses(
  spec: Limit,
  neighbours: Neighbours,
  limit = spec.limit,
  windowUs = spec.window * 1000,
): Hypothesis[] {
  const all: Hypothesis[] = []
  for (const algorithm of spec.algorithm) {
    for (const limitedRequests of limitedRules(spec, algorithm)) {
      for (const chargedWhenRefused of chargedRules(spec, neighbours)) {
        all.push({ algorithm, limit, windowUs, limitedRequests, chargedWhenRefused })
      }
    }
  }
  return all
}

function limitedRules(spec: Limit, algorithm: Algorithm): Hypothesis['limitedRequests'][] {
  if (spec.limitedRequests !== 'either') return [spec.limitedRequests]
  return saturates(algorithm) ? ['free'] : ['free', 'counted']
}

function chargedRules(spec: Limit, neighbours: Neighbours): Hypothesis['chargedWhenRefused'][] {
  if (!neighbours.earlier && !neighbours.later) return ['free']
  if (spec.chargedWhenRefused !== 'either') return [spec.chargedWhenRefused]
  // With neighbours on one side only, "earlier" is the same as one of the other two.
  return neighbours.earlier && neighbours.later ? ['free', 'earlier', 'counted'] : ['free', 'counted']
}
