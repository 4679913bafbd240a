import { durationMs } from '../spec/index.ts'

/** At least so many percent of all requests are answered within a bound. */
export interface LatencyBound {
  /** Above 0 and below 100. */
  percentile: number
  boundMs: number
}

/** What has to hold at a rate for a deployment to take it. At least one of them is there. */
export interface Objective {
  latency: LatencyBound[]
  /** The share of requests that fail stays below this: above 0, below 1. */
  errors?: number
  /** An accepted alert is visible within this time. */
  lagMs?: number
}

/** An objective, or everything that is wrong with its text, a sentence each. */
export type ParsedObjective = { ok: true; objective: Objective } | { ok: false; mistakes: string[] }

const expected = 'such as p99 < 200ms, errors < 0.1%, lag < 30s'
const longestMs = 3_600_000

/**
 * Reads an objective: conditions joined by commas, each `pN < DURATION` (percentiles may have digits
 * after the point: p99.9), `errors < SHARE%` or `lag < DURATION`. Every percentile, and each of the
 * others, may stand once. All mistakes are told at once.
 */
export function parseObjective(text: string): ParsedObjective {
  const objective: Objective = { latency: [] }
  const mistakes: string[] = []
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const condition = part.trim()
    const [, subject = '', bound = ''] = /^([\w.]+)\s*<\s*(\S.*)$/.exec(condition) ?? []
    if (subject === '') {
      mistakes.push(`expected a condition ${expected}, found ${JSON.stringify(condition)}`)
      continue
    }
    if (seen.has(subject)) mistakes.push(`${subject} stands twice: leave one of them out`)
    seen.add(subject)
    const problem = addCondition(objective, subject, bound)
    if (problem !== undefined) mistakes.push(problem)
  }
  if (mistakes.length > 0) return { ok: false, mistakes }
  objective.latency.sort((one, other) => one.percentile - other.percentile)
  return { ok: true, objective }
}

/** @returns what is wrong with the condition, if anything is. */
function addCondition(objective: Objective, subject: string, bound: string): string | undefined {
  if (subject === 'errors') {
    const share = /^\d+(\.\d+)?\s*%$/.test(bound) ? Number.parseFloat(bound) / 100 : Number.NaN
    if (!(share > 0 && share < 1)) return `errors: expected a share such as 0.1%, found ${bound}`
    objective.errors = share
    return undefined
  }
  const percentile = /^p\d{1,2}(\.\d{1,3})?$/.test(subject) ? Number(subject.slice(1)) : Number.NaN
  if (subject !== 'lag' && !(percentile > 0 && percentile < 100)) {
    return `expected a percentile such as p99, errors or lag, found ${subject}`
  }
  const ms = durationMs(bound)
  if (ms === undefined || ms <= 0 || ms > longestMs) {
    return `${subject}: expected a duration up to 1h such as 200ms, found ${bound}`
  }
  if (subject === 'lag') objective.lagMs = ms
  else objective.latency.push({ percentile, boundMs: ms })
  return undefined
}

/** An objective as `parseObjective` reads it. */
export function objectiveText({ latency, errors, lagMs }: Objective): string {
  return [
    ...latency.map(latencyText),
    ...(errors === undefined ? [] : [errorsText(errors)]),
    ...(lagMs === undefined ? [] : [lagText(lagMs)]),
  ].join(', ')
}

/** One condition of an objective in words, such as `p99 < 200ms`. */
export function latencyText({ percentile, boundMs }: LatencyBound): string {
  return `p${percentile} < ${duration(boundMs)}`
}

/** The condition on errors in words. */
export function errorsText(share: number): string {
  return `errors < ${Number((share * 100).toPrecision(6))}%`
}

/** The condition on delivery in words. */
export function lagText(lagMs: number): string {
  return `lag < ${duration(lagMs)}`
}

function duration(ms: number): string {
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
