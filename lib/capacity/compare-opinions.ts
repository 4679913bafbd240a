import type { StepJudgement } from './judge-step.ts'
import type { SecondOpinion } from './second-opinion.ts'

/** What is compared of a second opinion. */
type Comparable = { kind: 'given'; count: number; p50Ms: number } | { kind: 'none'; why: string }

/** Two clients at one rate, side by side. */
export interface Opinions<Opinion extends Comparable = SecondOpinion> {
  ratePerSecond: number
  /** What k6 measured, in milliseconds, warm-up left out. */
  k6: { count: number; p50Ms: number; p90Ms: number; p99Ms: number }
  autocannon: Opinion
  /** By how much the two may differ at the median, as a share of the smaller. */
  tolerance: number
  /** Do they agree to within the tolerance? `undefined` where one of them has nothing to say. */
  agree?: boolean
  /** How they compare, in a sentence. */
  words: string
}

/** Medians that are closer than this, in milliseconds, are the same: clocks and timers are no better. */
const negligibleMs = 1

/** Holds what k6 measured at a rate against what autocannon did. `undefined` where k6 measured nothing. */
export function compareOpinions<Opinion extends Comparable>(
  { ratePerSecond, latency, judged }: StepJudgement,
  autocannon: Opinion,
  tolerance: number,
): Opinions<Opinion> | undefined {
  if (!latency) return undefined
  const { p50Ms, p90Ms, p99Ms } = latency
  const both = { ratePerSecond, k6: { count: judged, p50Ms, p90Ms, p99Ms }, autocannon, tolerance }
  if (autocannon.kind === 'none') return { ...both, words: `There is no second opinion: ${autocannon.why}` }
  if (autocannon.count === 0) {
    return { ...both, words: 'There is no second opinion: autocannon had no request accepted.' }
  }
  const apartMs = Math.abs(p50Ms - autocannon.p50Ms)
  const apart = apartMs / Math.min(p50Ms, autocannon.p50Ms)
  const agree = apart <= tolerance || apartMs <= negligibleMs
  const by = `${Math.round(100 * apart)} % apart at the median, where ${Math.round(100 * tolerance)} % may be`
  return {
    ...both,
    agree,
    words: agree
      ? `k6 and autocannon agree: they are ${by}.`
      : `k6 and autocannon disagree: they are ${by}. One of them measures itself, or the target was not the same: fire again with longer steps.`,
  }
}
