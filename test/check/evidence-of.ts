import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import type { Hypothesis } from '../../lib/check/evidence/hypothesis.ts'
import type { Algorithm } from '../../lib/spec/index.ts'

/** One request as a limiter sees it. */
export interface Seen {
  lo: number
  hi?: number
  /** `vacant`: let through by this limiter, refused by a later one. Default `accepted`. */
  as?: 'accepted' | 'refused' | 'unknown' | 'vacant'
  cost?: number
}

/** Evidence written by hand, rows 0, 1, …; refused requests are not counted, vacant ones neither. */
export function evidenceOf(seen: readonly Seen[], hiddenUseUntilUs = Number.NEGATIVE_INFINITY): Evidence {
  const outcomes = seen.map(({ as = 'accepted' }) => as)
  const costs = seen.map(({ cost = 1 }) => cost)
  return {
    rows: Uint32Array.from(seen, (_, row) => row),
    loUs: Float64Array.from(seen, ({ lo }) => lo),
    hiUs: Float64Array.from(seen, ({ lo, hi = lo }) => hi),
    cost: Float64Array.from(costs),
    demand: Uint8Array.from(outcomes, (as) => ({ accepted: 1, refused: 2, vacant: 3, unknown: 0 })[as]),
    use: Uint8Array.from(outcomes, (as) => ({ accepted: 1, refused: 0, vacant: 0, unknown: 2 })[as]),
    unitCost: costs.every((cost) => cost === costs[0]) ? (costs[0] ?? 1) : undefined,
    hiddenUseUntilUs,
  }
}

/** The same where refused requests are counted. */
export function countingRefusals(seen: readonly Seen[]): Evidence {
  const evidence = evidenceOf(seen)
  return { ...evidence, use: evidence.use.map((use, i) => (evidence.demand[i] === 2 ? 1 : use)) }
}

/** A limiter of 2 in 10 µs, or of other numbers. */
export function limiter(algorithm: Algorithm, limit = 2, windowUs = 10): Hypothesis {
  return {
    algorithm,
    limit,
    windowUs,
    limitedRequests: 'free',
    chargedWhenRefused: 'free',
    ...(algorithm === 'sliding-counter' && { rounding: 'floor' as const }),
  }
}
