import type { EnforcedLimit } from '../limiters/index.ts'
import type { Algorithm, Limit } from '../spec/index.ts'

/** A limit as a candidate would enforce it. */
export interface CandidateLimit
  extends Pick<EnforcedLimit, 'name' | 'scope' | 'limitedRequests' | 'chargedWhenRefused'> {
  limit: number
  windowMs: number
  algorithm: Algorithm
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
}

/**
 * The limits of a spec as a limiter has to take them: of several algorithms that it allows the first,
 * and where it leaves open what refused requests use up, nothing.
 */
export function limitsOfToday(limits: readonly Limit[]): CandidateLimit[] {
  return limits.map(({ name, scope, limit, window, algorithm, limitedRequests, chargedWhenRefused }) => ({
    name,
    scope,
    limit,
    windowMs: window,
    algorithm: algorithm[0] as Algorithm,
    limitedRequests: limitedRequests === 'either' ? 'free' : limitedRequests,
    chargedWhenRefused: chargedWhenRefused === 'either' ? 'free' : chargedWhenRefused,
  }))
}

/**
 * Today's limits, then each limit of the grid in the place of the one of today that counts by the same
 * scope. Combinations that are today's come once.
 * @throws RangeError where not exactly one of today's limits has the scope: a mistake of the caller.
 */
export function candidatesOf(today: readonly CandidateLimit[], grid: Grid): Candidate[] {
  const varied = today.findIndex(({ scope }) => scope === grid.scope)
  const replaced = today[varied]
  if (replaced === undefined || today.filter(({ scope }) => scope === grid.scope).length > 1) {
    throw new RangeError(`expected exactly one limit of ${grid.scope}`)
  }
  const candidate = (limit: CandidateLimit): Candidate => ({
    name: limitWords(limit),
    limits: today.with(varied, limit),
    varied,
  })
  const tried = grid.algorithms.flatMap((algorithm) =>
    grid.windowsMs.flatMap((windowMs) =>
      grid.limits.map((limit) => candidate({ ...replaced, limit, windowMs, algorithm })),
    ),
  )
  const all = [candidate(replaced), ...tried]
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
}

function limitWords({ limit, windowMs, algorithm }: CandidateLimit): string {
  return `${limit} in ${windowMs % 1000 === 0 ? `${windowMs / 1000} s` : `${windowMs} ms`} as ${algorithm}`
}
