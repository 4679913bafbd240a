import { type Answer, answerOf, type SearchEnd } from './answer.ts'
import { requestsNeeded } from './judge-share.ts'
import { judgeStep, type StepJudgement } from './judge-step.ts'
import type { Objective } from './objective.ts'
import type { Observation } from './observation.ts'
import { nextProof } from './proof.ts'
import { nextMove, type SearchBounds, type SearchMove, type SearchStep } from './search.ts'

/** What is asked of a deployment. */
export interface Question {
  objective: Objective
  /** How sure both ends of the answer together are to be: above 0, below 1. */
  confidence: number
  bounds: Omit<SearchBounds, 'requestsNeeded'>
  /** Asks of this rate alone whether it is taken. */
  atLeastPerSecond?: number
}

/** One firing. */
export type Firing = Extract<SearchMove, { kind: 'fire' }>

/** What a firing was seen to meet, or why there is nothing more to be seen. */
export type Fired =
  | { kind: 'observed'; observation: Observation }
  | { kind: 'ended'; end: Extract<SearchEnd, 'interrupted' | 'broken-off' | 'requests'> }

/** Where a limit refuses more than this share, going on says nothing about the target's capacity. */
const mostLimited = 0.001

/** What was found. */
export interface Found {
  answer: Answer
  /** One for each rate, in the order in which they were first fired at. */
  steps: StepJudgement[]
}

/**
 * Looks for the highest rate at which an objective is met: fires, judges, and goes on from there. Each
 * claim may be wrong with a share of the risk that the confidence leaves, so that all of them together
 * are wrong no more often (Bonferroni).
 * @param fire carries out one firing.
 * @param onStep told of each rate as soon as it has been judged, again when it was fired at longer.
 */
export async function findCapacity(
  { objective, confidence, bounds, atLeastPerSecond }: Question,
  fire: (firing: Firing) => Promise<Fired>,
  onStep?: (step: StepJudgement) => void,
): Promise<Found> {
  const risk = riskOfClaim(objective, confidence, bounds.mostFirings)
  const all = { ...bounds, requestsNeeded: requestsOf(objective, risk) }
  const observed = new Map<number, Observation[]>()
  const judged = new Map<number, StepJudgement>()
  const resolution = atLeastPerSecond === undefined ? bounds.resolution : undefined
  const found = (end: SearchEnd): Found => {
    const steps = [...judged.values()]
    return { steps, answer: answerOf(steps, end, { confidence, resolution }) }
  }
  for (;;) {
    const steps = [...judged].map(([rate, step]) => searchStep(step, observed.get(rate)?.length ?? 0))
    const move =
      atLeastPerSecond === undefined ? nextMove(all, steps) : nextProof(all, steps, atLeastPerSecond)
    if (move.kind === 'done') return found(move.why)
    const fired = await fire(move)
    if (fired.kind === 'ended') return found(fired.end)
    const { ratePerSecond } = move
    const observations = [...(observed.get(ratePerSecond) ?? []), fired.observation]
    observed.set(ratePerSecond, observations)
    const step = judgeStep(observations, objective, risk)
    judged.set(ratePerSecond, step)
    onStep?.(step)
    if (step.limited > mostLimited) return found('limited')
  }
}

/**
 * Judges what was fired once more: each rate by all that was seen at it, and from these the answer.
 * @param observations in the order in which they were fired.
 * @param otherwise why it ended, where the search would have gone on from there.
 */
export function judgeAgain(
  { objective, confidence, bounds, atLeastPerSecond }: Question,
  observations: readonly Observation[],
  otherwise: SearchEnd,
): Found {
  const risk = riskOfClaim(objective, confidence, bounds.mostFirings)
  const all = { ...bounds, requestsNeeded: requestsOf(objective, risk) }
  const byRate = Map.groupBy(observations, ({ ratePerSecond }) => ratePerSecond)
  const steps = [...byRate.values()].map((each) => judgeStep(each, objective, risk))
  const searched = steps.map((step) => searchStep(step, byRate.get(step.ratePerSecond)?.length ?? 0))
  const move =
    atLeastPerSecond === undefined ? nextMove(all, searched) : nextProof(all, searched, atLeastPerSecond)
  const isLimited = steps.some(({ limited }) => limited > mostLimited)
  const end = isLimited ? 'limited' : move.kind === 'done' ? move.why : otherwise
  const resolution = atLeastPerSecond === undefined ? bounds.resolution : undefined
  return { steps, answer: answerOf(steps, end, { confidence, resolution }) }
}

function searchStep({ client, ...step }: StepJudgement, firings: number): SearchStep {
  return { ...step, firings, byClient: step.verdict === 'cannot tell' && client.troubles.length > 0 }
}

/** Each condition of each firing may be wrong once. */
function riskOfClaim({ latency, errors, lagMs }: Objective, confidence: number, firings: number): number {
  const conditions = latency.length + (errors === undefined ? 0 : 1) + (lagMs === undefined ? 0 : 1)
  return (1 - confidence) / (firings * conditions)
}

function requestsOf({ latency, errors }: Objective, risk: number): number {
  const allowed = [
    ...latency.map(({ percentile }) => 1 - percentile / 100),
    ...(errors === undefined ? [] : [errors]),
  ]
  return Math.max(1, ...allowed.map((share) => requestsNeeded(share, risk)))
}
