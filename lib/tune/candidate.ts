import type { EnforcedLimit } from '../limiters/index.ts'
import type { Algorithm, Limit } from '../spec/index.ts'

/** A limit as a candidate would enforce it. */
export interface CandidateLimit
  extends Pick<EnforcedLimit, 'name' | 'scope' | 'limitedRequests' | 'chargedWhenRefused'> {
  limit: number
  windowMs: number
  algorithm: Algorithm
  /** Of token buckets only: refilled so far apart; by default, all the time. */
  refillEveryMs?: number
  /** `1s`: the limiter counts time in whole seconds. By default, exactly. */
  serverClock?: Limit['serverClock']
}

/** Can all counts be exact? The limit times its window in microseconds has to be below 2^53. */
export function replayable({ limit, windowMs }: Pick<CandidateLimit, 'limit' | 'windowMs'>): boolean {
  return (limit + 1) * windowMs * 1000 < Number.MAX_SAFE_INTEGER
}

/** Limits that could be enforced together, in the order in which they are applied. */
export interface Candidate {
  /** In words for people, unlike that of every other. */
  name: string
  limits: readonly CandidateLimit[]
  /** The position in `limits` of the one that is tried; the others stay as they are today. */
  varied: number
}

/** What is tried for one scope: every combination. */
export interface Grid {
  scope: string
  limits: readonly number[]
  windowsMs: readonly number[]
  algorithms: readonly Algorithm[]
  /** How far apart those of them that are token buckets are refilled; by default, all the time. */
  refillEveryMs?: number
  /** What is tried beside it for other scopes, whose windows and algorithms stay: again every combination. */
  beside?: readonly { scope: string; limits: readonly number[] }[]
}

/**
 * The limits of a spec as a limiter has to take them: of several algorithms that it allows the first,
 * and where it leaves open what refused requests use up, nothing.
 */
export function limitsOfToday(limits: readonly Limit[]): CandidateLimit[] {
  return limits.map(({ name, scope, limit, window, algorithm: [first], ...rest }) => ({
    name,
    scope,
    limit,
    windowMs: window,
    ...enforcedBy(first as Algorithm, rest.refillEvery),
    limitedRequests: rest.limitedRequests === 'either' ? 'free' : rest.limitedRequests,
    chargedWhenRefused: rest.chargedWhenRefused === 'either' ? 'free' : rest.chargedWhenRefused,
    ...(rest.serverClock === '1s' && { serverClock: rest.serverClock }),
  }))
}

/** An algorithm, with what refills it if it is one that is refilled. */
function enforcedBy(algorithm: Algorithm, refillEveryMs: number | undefined) {
  return { algorithm, ...(algorithm === 'token-bucket' && refillEveryMs !== undefined && { refillEveryMs }) }
}

/**
 * Today's limits, then each limit of the grid in the place of the one of today that counts by the same
 * scope. Combinations that are today's come once.
 * @throws RangeError where not exactly one of today's limits has the scope: a mistake of the caller.
 */
export function candidatesOf(today: readonly CandidateLimit[], grid: Grid): Candidate[] {
  const varied = positionOf(today, grid.scope)
  const { refillEveryMs: _, ...replaced } = today[varied] as CandidateLimit
  const tried = grid.algorithms.flatMap((algorithm) =>
    grid.windowsMs.flatMap((windowMs) =>
      grid.limits.map((limit) =>
        today.with(varied, { ...replaced, limit, windowMs, ...enforcedBy(algorithm, grid.refillEveryMs) }),
      ),
    ),
  )
  const sets = (grid.beside ?? []).reduce((before, { scope, limits }) => {
    const beside = positionOf(today, scope)
    return before.flatMap((set) =>
      limits.map((limit) => set.with(beside, { ...(set[beside] as CandidateLimit), limit })),
    )
  }, tried)
  const all = [[...today], ...sets].map((limits) => ({ name: nameOf(limits, today, varied), limits, varied }))
  const first = new Map(all.map((candidate) => [candidate.name, candidate] as const).reverse())
  return all.filter((candidate) => first.get(candidate.name) === candidate)
}

function positionOf(today: readonly CandidateLimit[], scope: string): number {
  const positions = today.flatMap((limit, index) => (limit.scope === scope ? [index] : []))
  if (positions.length !== 1) throw new RangeError(`expected exactly one limit of ${scope}`)
  return positions[0] as number
}

/** The limit that is tried, and those others that are not as today. */
function nameOf(limits: readonly CandidateLimit[], today: readonly CandidateLimit[], varied: number): string {
  const others = limits.flatMap((limit, index) =>
    index === varied || limit.limit === today[index]?.limit ? [] : [`${limit.scope} ${limitWords(limit)}`],
  )
  return [limitWords(limits[varied] as CandidateLimit), ...others].join(', ')
}

function limitWords({ limit, windowMs, algorithm }: CandidateLimit): string {
  return `${limit} in ${windowMs % 1000 === 0 ? `${windowMs / 1000} s` : `${windowMs} ms`} as ${algorithm}`
}
