import { rankOf } from '../compare/quantile.ts'
import type { Limit } from '../spec/index.ts'
import { type ClientReport, clientReport } from './client.ts'
import { judgeStep, notSentReason, type StepJudgement } from './judge-step.ts'
import type { Objective } from './objective.ts'
import { Met, type Observation } from './observation.ts'

/** Requests come at so many times the rate that the limit lets through … */
export const overLimit = 10
/** … and, to compare with, at this share of it. */
export const underLimit = 0.5

/** Latencies of some requests, in milliseconds. */
export interface Latencies {
  count: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
}

/** What refusing costs a target. */
export interface Refusing {
  /** The rate that the limit lets through in the long run. */
  limitPerSecond: number
  /** Accepted below the limit: what latency is like without refusals. `undefined` where nothing was. */
  below?: Latencies
  /** Accepted at ten times the limit. */
  accepted?: Latencies
  /** Refused at ten times the limit. */
  limited?: Latencies
  /** The share that was refused there. */
  share: number
  /** Does what is accepted at ten times the limit keep to the objective? */
  kept: Pick<StepJudgement, 'verdict' | 'conditions' | 'reasons'>
  client: ClientReport
}

/** The rate that the tightest of some limits lets through for one value of its scope, a second. */
export function limitPerSecond(limits: readonly Pick<Limit, 'limit' | 'window'>[]): number {
  return Math.min(...limits.map(({ limit, window }) => (1000 * limit) / window))
}

/**
 * Holds what was accepted among refusals against an objective: for those that are accepted, the refused
 * are as if they were not there. Failures count as failures.
 * @param risk of a wrong claim, on each side.
 */
export function judgeRefusing(
  below: Observation,
  above: Observation,
  objective: Objective,
  limitRate: number,
  risk: number,
): Refusing {
  const shareOf = (kind: number) =>
    above.met.reduce((count, met) => count + (met === kind ? 1 : 0), 0) / (above.met.length || 1)
  const { verdict, conditions, reasons, dropped } = judgeStep([withoutRefused(above)], objective, risk)
  // Of all requests, since people do not take the refused ones out.
  const words = reasons.map((reason) =>
    reason === notSentReason(dropped) ? notSentReason(shareOf(Met.dropped)) : reason,
  )
  const tightestMs = Math.min(...objective.latency.map(({ boundMs }) => boundMs))
  return {
    limitPerSecond: limitRate,
    below: latenciesOf(below, Met.accepted),
    accepted: latenciesOf(above, Met.accepted),
    limited: latenciesOf(above, Met.limited),
    share: shareOf(Met.limited),
    kept: { verdict, conditions, reasons: words },
    client: clientReport([above], Number.isFinite(tightestMs) ? tightestMs : 0),
  }
}

/** Which risk of a wrong claim each condition may have, so that all together have what the confidence leaves. */
export function refusingRisk({ latency, errors }: Objective, confidence: number): number {
  const conditions = latency.length + (errors === undefined ? 0 : 1)
  return (1 - confidence) / Math.max(1, conditions)
}

function withoutRefused(observation: Observation): Observation {
  const isKept = (_: number, at: number) => observation.met[at] !== Met.limited
  return {
    ...observation,
    dueMs: observation.dueMs.filter(isKept),
    sentMs: observation.sentMs.filter(isKept),
    latencyMs: observation.latencyMs.filter(isKept),
    met: observation.met.filter(isKept),
  }
}

function latenciesOf({ latencyMs, met }: Observation, kind: number): Latencies | undefined {
  const some = latencyMs.filter((_, at) => met[at] === kind).sort()
  if (some.length === 0) return undefined
  const at = (percentile: number) => some[rankOf(percentile, some.length)] as number
  return { count: some.length, p50Ms: at(50), p90Ms: at(90), p99Ms: at(99) }
}
