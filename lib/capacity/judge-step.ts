import { rankOf } from '../compare/quantile.ts'
import { type ClientReport, clientReport, untouched } from './client.ts'
import { type ConditionVerdict, type JudgedShare, judgeShare, type Marks } from './judge-share.ts'
import { errorsText, lagText, latencyText, type Objective } from './objective.ts'
import { Met, type Observation } from './observation.ts'
import { warmUp } from './warm-up.ts'

/** One condition of the objective at one rate. */
export interface Condition {
  /** As in the objective, such as `p99 < 200ms`. */
  text: string
  verdict: ConditionVerdict
  /** Which share of requests broke it, against the share that may. */
  share?: Pick<JudgedShare, 'seen' | 'least' | 'most'> & { allowed: number }
  lagMs?: readonly [number, number | undefined]
}

/** What all firings at one rate together say about it. */
export interface StepJudgement {
  ratePerSecond: number
  verdict: ConditionVerdict
  /** What it looks like, whether that can be claimed or not: steers the search, and nothing else. */
  leaning: 'met' | 'missed'
  conditions: Condition[]
  /** Why it cannot be told, a sentence each. */
  reasons: string[]
  /** How long requests were due altogether. */
  firedMs: number
  /** How long they would have to be due altogether for a claim, if it went on like this. */
  neededMs?: number
  /** Requests that were judged: those after the warm-up that no pause of the client has touched. */
  judged: number
  /** So many of them tell as much as one that depends on no other. */
  correlated: number
  /** Requests that were cut off as warm-up. */
  cut: number
  /** Accepted requests after the warm-up, from sending to the last byte. `undefined` where there are none. */
  latency?: { p50Ms: number; p90Ms: number; p99Ms: number; maxMs: number }
  /** Shares of the requests after the warm-up. */
  failed: number
  limited: number
  dropped: number
  client: ClientReport
}

/**
 * Judges what was observed at one rate. The warm-up of each firing is cut off, and what a pause of the
 * client may have touched. What the client may have caused all the same counts against a claim: that the objective is met is claimed only if it is met counted from when
 * requests were due, with what was dropped or refused as broken; that it is missed only from the sending
 * of those that were answered, and only if the client was no bottleneck.
 * @param risk of a wrong claim, on each side.
 */
export function judgeStep(
  observations: readonly Observation[],
  objective: Objective,
  risk: number,
): StepJudgement {
  const tightestMs = Math.min(...objective.latency.map(({ boundMs }) => boundMs))
  const withinMs = Number.isFinite(tightestMs) ? tightestMs : 0
  const parts = observations.map((observation) => settledPart(observation, withinMs))
  const requests = joined(parts.map(({ requests }) => requests))
  const client = clientReport(observations, withinMs)
  const conditions = conditionsOf(requests, observations, objective, risk)
  const judged = requests.met.length
  const share = (kind: number) =>
    requests.met.reduce((count, met) => count + (met === kind ? 1 : 0), 0) / (judged || 1)
  const shares = { failed: share(Met.failed), limited: share(Met.limited), dropped: share(Met.dropped) }
  const firedMs = observations.reduce((sum, { durationMs }) => sum + durationMs, 0)

  const claimed = verdictOf(conditions.map(({ condition }) => condition.verdict))
  const looksMet = client.troubles.length === 0 && conditions.every((condition) => condition.looksMet)
  const leaning = claimed === 'met' || looksMet ? 'met' : 'missed'
  const reasons: string[] = []
  if (claimed === 'missed') reasons.push(...client.troubles)
  if (claimed === 'met' && !parts.some(({ settled }) => settled)) {
    reasons.push('It had not settled: latency was still changing in the second half.')
  }
  if (claimed === 'cannot tell') {
    reasons.push(...client.troubles)
    if (shares.limited > 0)
      reasons.push(`${percent(shares.limited)} of the requests were refused by a limit.`)
    if (shares.dropped > 0) {
      reasons.push(notSentReason(shares.dropped))
    }
    if (reasons.length === 0) reasons.push(`It was too short to tell.`)
  }
  const verdict = reasons.length > 0 ? 'cannot tell' : claimed
  const times = conditions.map(({ condition, neededTimes }) =>
    condition.verdict === 'cannot tell' ? neededTimes : 1,
  )
  const needed = times.every((each) => each !== undefined) ? Math.max(...(times as number[])) : undefined
  return {
    ratePerSecond: observations[0]?.ratePerSecond ?? 0,
    verdict,
    leaning,
    conditions: conditions.map(({ condition }) => condition),
    reasons,
    firedMs,
    ...(verdict === 'cannot tell' &&
      client.troubles.length === 0 &&
      needed !== undefined && { neededMs: firedMs * Math.max(1.1, needed) }),
    judged,
    correlated: Math.max(1, ...conditions.map(({ correlated }) => correlated)),
    cut: parts.reduce((sum, { cut }) => sum + cut, 0),
    latency: latencyOf(requests),
    ...shares,
    client,
  }
}

/** Says which share of some requests was dropped. */
export function notSentReason(share: number): string {
  return `${percent(share)} of the requests were not sent, since too many were unanswered.`
}

type Columns = Pick<Observation, 'dueMs' | 'sentMs' | 'latencyMs' | 'met'>

/** A firing without its warm-up, and without what pauses of the client may have touched. */
function settledPart(
  observation: Observation,
  withinMs: number,
): { requests: Columns; cut: number; settled: boolean } {
  const { dueMs, sentMs, latencyMs, met } = observation
  const series = Float64Array.from(latencyMs, (ms) => (Number.isNaN(ms) ? 0 : ms))
  const { count, settled } = warmUp(series)
  const clean = untouched(observation, withinMs)
  const isKept = (_: number, at: number) => at >= count && clean[at] === 1
  const requests = {
    dueMs: dueMs.filter(isKept),
    sentMs: sentMs.filter(isKept),
    latencyMs: latencyMs.filter(isKept),
    met: met.filter(isKept),
  }
  return { requests, cut: count, settled }
}

function joined(parts: readonly Columns[]): Columns {
  const floats = (of: (part: Columns) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]))
  return {
    dueMs: floats(({ dueMs }) => dueMs),
    sentMs: floats(({ sentMs }) => sentMs),
    latencyMs: floats(({ latencyMs }) => latencyMs),
    met: Uint8Array.from(parts.flatMap(({ met }) => [...met])),
  }
}

interface JudgedCondition {
  condition: Condition
  looksMet: boolean
  neededTimes?: number
  correlated: number
}

function conditionsOf(
  requests: Columns,
  observations: readonly Observation[],
  objective: Objective,
  risk: number,
): JudgedCondition[] {
  const companions = companionsOf(requests)
  const ofShare = (text: string, marks: Marks, allowed: number): JudgedCondition => {
    const { verdict, neededTimes, correlated, ...share } = judgeShare(marks, companions, allowed, risk)
    return {
      condition: { text, verdict, share: { ...share, allowed } },
      looksMet: share.seen <= allowed,
      neededTimes,
      correlated,
    }
  }
  const conditions = objective.latency.map((bound) =>
    ofShare(latencyText(bound), slowMarks(requests, bound.boundMs), 1 - bound.percentile / 100),
  )
  if (objective.errors !== undefined) {
    conditions.push(ofShare(errorsText(objective.errors), failureMarks(requests), objective.errors))
  }
  if (objective.lagMs !== undefined) conditions.push(lagCondition(observations, objective.lagMs))
  return conditions
}

/** Is it slower than the bound? Failures and what was not sent may be; a failure that took long surely is. */
function slowMarks({ dueMs, sentMs, latencyMs, met }: Columns, boundMs: number): Marks {
  const isSlow = (at: number) => ((latencyMs[at] as number) > boundMs ? 1 : 0)
  const late = (at: number) => Math.max(0, (sentMs[at] as number) - (dueMs[at] as number))
  const known = Uint8Array.from(met, (kind, at) =>
    kind === Met.accepted || (kind === Met.failed && isSlow(at)) ? 1 : 0,
  )
  return {
    surely: Uint8Array.from(met, (_, at) => isSlow(at)),
    possibly: Uint8Array.from(met, (kind, at) =>
      kind !== Met.accepted || (latencyMs[at] as number) + late(at) > boundMs ? 1 : 0,
    ),
    known,
  }
}

/** Did it fail? What was refused or not sent may have. */
function failureMarks({ met }: Columns): Marks {
  return {
    surely: Uint8Array.from(met, (kind) => (kind === Met.failed ? 1 : 0)),
    possibly: Uint8Array.from(met, (kind) => (kind === Met.accepted ? 0 : 1)),
    known: Uint8Array.from(met, (kind) => (kind === Met.accepted || kind === Met.failed ? 1 : 0)),
  }
}

/** Lower percentiles vary where the objective's hardly does, and are correlated at least as strongly. */
const companionPercentiles = [75, 90]

function companionsOf({ latencyMs }: Columns): Uint8Array[] {
  const known = latencyMs.filter((ms) => !Number.isNaN(ms)).sort()
  if (known.length === 0) return []
  return companionPercentiles.map((percentile) => {
    const boundMs = known[rankOf(percentile, known.length)] as number
    return Uint8Array.from(latencyMs, (ms) => (ms > boundMs ? 1 : 0))
  })
}

function lagCondition(observations: readonly Observation[], boundMs: number): JudgedCondition {
  const seen = observations.map(({ lagMs }) => lagMs)
  const least = Math.max(0, ...seen.map((lag) => lag?.[0] ?? 0))
  const most = seen.every((lag) => lag?.[1] !== undefined)
    ? Math.max(...seen.map((lag) => lag?.[1] as number))
    : undefined
  const verdict = least > boundMs ? 'missed' : most !== undefined && most < boundMs ? 'met' : 'cannot tell'
  return {
    condition: { text: lagText(boundMs), verdict, lagMs: [least, most] },
    looksMet: least <= boundMs,
    correlated: 1,
  }
}

function latencyOf({ latencyMs, met }: Columns): StepJudgement['latency'] {
  const accepted = latencyMs.filter((_, at) => met[at] === Met.accepted).sort()
  if (accepted.length === 0) return undefined
  const at = (percentile: number) => accepted[rankOf(percentile, accepted.length)] as number
  return { p50Ms: at(50), p90Ms: at(90), p99Ms: at(99), maxMs: accepted.at(-1) as number }
}

function verdictOf(verdicts: readonly ConditionVerdict[]): ConditionVerdict {
  if (verdicts.includes('missed')) return 'missed'
  return verdicts.every((verdict) => verdict === 'met') ? 'met' : 'cannot tell'
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}
