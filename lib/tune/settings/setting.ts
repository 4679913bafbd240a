import type { CandidateLimit } from '../candidate.ts'

/** Limits in the words of a platform that can enforce them. */
export interface Setting {
  platform: string
  /** A name for a file with the text. */
  file: string
  text: string
  /** What the platform then enforces; undefined where that is not documented. */
  amountsTo: CandidateLimit[] | undefined
  /** Where that is something else than was chosen, and what has to be filled in, in sentences. */
  remarks: string[]
}

/** Lines as a text in which comments come first. */
export function withComments(sign: string, comments: readonly string[], lines: readonly string[]): string {
  return [...comments.map((comment) => `${sign} ${comment}`), ...lines, ''].join('\n')
}

/** What a platform makes of a limit: all else is as was chosen, but nothing is refilled or counted in steps. */
export function enforcedAs(
  { name, scope, limit, windowMs }: CandidateLimit,
  how: Pick<CandidateLimit, 'algorithm' | 'limitedRequests' | 'chargedWhenRefused'> & Partial<CandidateLimit>,
): CandidateLimit {
  return { name, scope, limit, windowMs, ...how }
}

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A duration as a spec and these platforms write it: `5m`, `90s`, `1500ms`. */
export function durationWord(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/**
 * A sentence about those limits that are of another algorithm than a platform's; none where all are of its
 * own.
 */
export function otherAlgorithm(
  limits: readonly CandidateLimit[],
  own: readonly string[],
  what: string,
): string[] {
  const others = limits.filter(({ algorithm }) => !own.includes(algorithm))
  if (others.length === 0) return []
  const algorithms = [...new Set(others.map(({ algorithm }) => algorithm))].join(' or ')
  const scopes = [...new Set(others.map(({ scope }) => scope))].join(', ')
  return [`That is ${what}, and no ${algorithms}: ${scopes}.`]
}
