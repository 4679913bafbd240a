import type { Descriptor } from '../../lib/history/index.ts'
import { createHierarchy, createLimiter, type LimiterModel } from '../../lib/limiters/index.ts'
import { algorithms } from '../../lib/spec/index.ts'
import type { Candidate, CandidateLimit, Demand } from '../../lib/tune/index.ts'

export type Draw = () => number
export const whole = (draw: Draw, least: number, most: number) =>
  least + Math.floor(draw() * (most - least + 1))
export const oneOf = <T>(draw: Draw, all: readonly T[]) => all[Math.floor(draw() * all.length)] as T

/** Bursts and pauses of three callers of two organizations; one has no organization. They all share one scope. */
export function drawnDemand(draw: Draw, count: number): Demand {
  const descriptors: Descriptor[] = [
    { name: 'A', scopes: { integration: 'A', organization: 'acme', all: 'x' } },
    { name: 'B', scopes: { integration: 'B', organization: 'acme', all: 'x' } },
    { name: 'C', scopes: { integration: 'C', organization: 'other', all: 'x' } },
    { name: 'K', scopes: { apiKey: 'K', all: 'x' } },
  ]
  let atUs = 1_795_000_000_000_000 + whole(draw, 0, 1e9)
  const rows = Array.from({ length: count }, () => {
    // Now and then the same instant, a window's edge, or a long silence.
    atUs += oneOf(draw, [
      0,
      whole(draw, 1, 999),
      1_000,
      whole(draw, 1_000, 90_000),
      500_000,
      whole(draw, 0, 3e6),
    ])
    return [atUs, whole(draw, 0, 3), oneOf(draw, [1, 1, 1, 2, 5]), whole(draw, 0, 2)] as const
  })
  return {
    descriptors,
    count,
    atUs: Float64Array.from(rows, ([at]) => at),
    descriptor: Uint32Array.from(rows, ([, who]) => who),
    cost: Float64Array.from(rows, ([, , cost]) => cost),
    met: Uint8Array.from(rows, ([, , , met]) => met),
  }
}

export function drawnLimit(draw: Draw, scope: string): CandidateLimit {
  const algorithm = oneOf(draw, algorithms)
  // Of a refill, not all bring whole units.
  const refillEveryMs = oneOf(draw, [undefined, 1, 40, 300, 1_000])
  return {
    name: scope,
    scope,
    limit: whole(draw, 0, 12),
    windowMs: oneOf(draw, [1, 7, 100, 1_000, 1_500]),
    algorithm,
    ...(algorithm === 'token-bucket' && refillEveryMs !== undefined && { refillEveryMs }),
    ...(draw() < 0.3 && { serverClock: '1s' as const }),
    limitedRequests: oneOf(draw, ['counted', 'free'] as const),
    chargedWhenRefused: oneOf(draw, ['counted', 'free', 'earlier'] as const),
  }
}

/** A limiter that asks a clock which shows whole seconds. */
function inWholeSeconds(model: LimiterModel): LimiterModel {
  const shown = (atUs: number) => Math.floor(atUs / 1e6) * 1e6
  return {
    ...model,
    admits: (state, atUs, cost) => model.admits(state, shown(atUs), cost),
    charge: (state, atUs, cost) => model.charge(state, shown(atUs), cost),
  }
}

/** The same by the models of lib/limiters, and by adding up what there is, as slowly as it takes. */
export function byModels(demand: Demand, candidate: Candidate) {
  const hierarchy = createHierarchy(
    candidate.limits.map(({ limit, windowMs, algorithm, refillEveryMs, serverClock, ...rest }) => {
      const refillTickUs = refillEveryMs === undefined ? undefined : refillEveryMs * 1000
      const model = createLimiter(algorithm, { limit, windowUs: windowMs * 1000, refillTickUs })
      return { ...rest, model: () => (serverClock === '1s' ? inWholeSeconds(model) : model) }
    }),
  )
  return Array.from(
    { length: demand.count },
    (_, row) =>
      hierarchy.decide({
        scopes: demand.descriptors[demand.descriptor[row] as number]?.scopes ?? {},
        atUs: demand.atUs[row] as number,
        cost: demand.cost[row] as number,
      }).admitted,
  )
}

/**
 * The most that was let through for one value of a scope within any stretch of a length, of those that
 * ended with a row from `from` on, before `to`.
 */
export function worstWithin(
  demand: Demand,
  admitted: readonly boolean[],
  scope: string | undefined,
  spanUs: number,
  from = 0,
  to = demand.count,
): number {
  const rows = admitted.flatMap((is, row) => (is ? [row] : []))
  const valueAt = (row: number) =>
    scope === undefined ? 'all' : demand.descriptors[demand.descriptor[row] as number]?.scopes[scope]
  return rows.reduce((worst, last) => {
    if (last < from || last >= to) return worst
    const near = rows.filter(
      (row) =>
        row <= last &&
        valueAt(row) === valueAt(last) &&
        valueAt(last) !== undefined &&
        (demand.atUs[row] as number) > (demand.atUs[last] as number) - spanUs,
    )
    return Math.max(
      worst,
      near.reduce((sum, row) => sum + (demand.cost[row] as number), 0),
    )
  }, 0)
}

/** The longest time from a refused request of a descriptor to its next that was let through, or to its last. */
export function longestRefusalMs(demand: Demand, admitted: readonly boolean[], who: number): number {
  const rows = admitted.flatMap((_, row) => (demand.descriptor[row] === who ? [row] : []))
  const spans = rows.flatMap((row, index) => {
    if (admitted[row]) return []
    const end = rows.slice(index).find((later) => admitted[later]) ?? (rows.at(-1) as number)
    return [(demand.atUs[end] as number) - (demand.atUs[row] as number)]
  })
  return Math.max(0, ...spans) / 1000
}
