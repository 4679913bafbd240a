import { type Algorithm, type Limit, saturates } from '../../spec/index.ts'

/** One concrete limiter that a spec allows: what is left open there is fixed here. */
export interface Hypothesis {
  algorithm: Algorithm
  limit: number
  windowUs: number
  /** Do requests that this limit refuses use it up? */
  limitedRequests: 'counted' | 'free'
  /** Do requests that another limit refuses use this one up? */
  chargedWhenRefused: 'counted' | 'free' | 'earlier'
  /** Sliding counter only: how the weighted count of the previous window is rounded. */
  rounding?: 'floor' | 'ceil'
  /**
   * Token bucket only: it is refilled at instants that are so far apart, each bringing what has flowed
   * since the one before. Missing where it is refilled all the time.
   */
  refillTickUs?: number
}

/** What a limit stands in: what decides which of its hypotheses can be told apart. */
export interface Surroundings {
  /** Whether limits before it in the list share requests with it. */
  earlier: boolean
  /** Whether limits after it in the list do. */
  later: boolean
  /** Whether all requests that it meets cost the same. */
  equalCosts: boolean
}

/** The plain rules: requests that are refused use nothing up, whoever refuses them. */
export function refusalsAreFree({ limitedRequests, chargedWhenRefused }: Hypothesis): boolean {
  return limitedRequests === 'free' && chargedWhenRefused === 'free'
}

/** Is it a bucket that is refilled at intervals? */
export function hasRefillTicks(hypothesis: Hypothesis): hypothesis is Hypothesis & { refillTickUs: number } {
  return hypothesis.refillTickUs !== undefined
}

/**
 * After how long the phase of a limiter comes round again: its window, or the interval between refills.
 * `undefined` where it has no phase.
 */
export function phasePeriodUs({ algorithm, windowUs, refillTickUs }: Hypothesis): number | undefined {
  return algorithm === 'fixed-window' || algorithm === 'sliding-counter' ? windowUs : refillTickUs
}

/** The same limiter with another window. What a refill brings stays the same, so refills move apart with it. */
export function withWindow(hypothesis: Hypothesis, windowUs: number): Hypothesis {
  const { refillTickUs } = hypothesis
  if (refillTickUs === undefined) return { ...hypothesis, windowUs }
  const tickUs = Math.max(1, Math.round((refillTickUs * windowUs) / hypothesis.windowUs))
  return { ...hypothesis, windowUs, refillTickUs: tickUs }
}

/** The same that rounds down, where it rounds: what bounds say holds for either. Returned itself where it is that. */
export function roundedDown(hypothesis: Hypothesis): Hypothesis {
  return hypothesis.rounding === 'ceil' ? { ...hypothesis, rounding: 'floor' } : hypothesis
}

/** A hypothesis in words, for results: `sliding-log, 300 in 10000 ms, refused requests counted`. */
export function describeHypothesis(h: Hypothesis): string {
  const counted = h.limitedRequests === 'counted' ? ', refused requests counted' : ''
  const charged =
    h.chargedWhenRefused === 'free' ? '' : `, charged when another limit refuses (${h.chargedWhenRefused})`
  const rounding = h.rounding ? `, rounding ${h.rounding === 'floor' ? 'down' : 'up'}` : ''
  const refilled = h.refillTickUs === undefined ? '' : `, refilled every ${h.refillTickUs / 1000} ms`
  return `${h.algorithm}, ${h.limit} in ${h.windowUs / 1000} ms${refilled}${counted}${charged}${rounding}`
}

/**
 * Every concrete limiter that a limit of a spec allows, for a limit and a window that may differ
 * from the spec's (rivals). Combinations that no history can tell apart are listed once.
 */
export function hypotheses(
  spec: Limit,
  surroundings: Surroundings,
  limit = spec.limit,
  windowUs = spec.window * 1000,
): Hypothesis[] {
  const all: Hypothesis[] = []
  for (const algorithm of spec.algorithm) {
    for (const limitedRequests of limitedRules(spec, algorithm, surroundings)) {
      for (const chargedWhenRefused of chargedRules(spec, surroundings)) {
        const plain = { algorithm, limit, windowUs, limitedRequests, chargedWhenRefused }
        if (algorithm === 'token-bucket' && spec.refillEvery !== undefined) {
          const asWritten = { windowUs: spec.window * 1000, refillTickUs: spec.refillEvery * 1000 }
          all.push(withWindow({ ...plain, ...asWritten }, windowUs))
        } else if (algorithm !== 'sliding-counter') all.push(plain)
        else all.push({ ...plain, rounding: 'floor' }, { ...plain, rounding: 'ceil' })
      }
    }
  }
  return all
}

function limitedRules(
  spec: Limit,
  algorithm: Algorithm,
  { equalCosts }: Surroundings,
): Hypothesis['limitedRequests'][] {
  if (saturates(algorithm) && equalCosts) return ['free']
  return spec.limitedRequests === 'either' ? ['free', 'counted'] : [spec.limitedRequests]
}

function chargedRules(spec: Limit, { earlier, later }: Surroundings): Hypothesis['chargedWhenRefused'][] {
  if (!earlier && !later) return ['free']
  if (spec.chargedWhenRefused !== 'either') return [spec.chargedWhenRefused]
  // With neighbours on one side only, "earlier" is the same as one of the other two.
  return earlier && later ? ['free', 'earlier', 'counted'] : ['free', 'counted']
}
