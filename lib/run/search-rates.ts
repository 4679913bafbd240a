import {
  compareOpinions,
  type Found,
  findCapacity,
  type Opinions,
  type Question,
  type StepJudgement,
  secondOpinion,
  stepPlan,
} from '../capacity/index.ts'
import type { Conduct, Site } from './conduct.ts'
import { createStepFiring, type Steps } from './fire-steps.ts'
import type { FiringNote } from './observed-in.ts'

/** What a search for a capacity is to do. */
export interface RateSearch extends Omit<Steps, 'objective'> {
  question: Question
  /** For how long autocannon is asked as well, in seconds, and how far it may be off; left out, it is not. */
  opinion?: { seconds: number; tolerance: number }
  /** Told of each rate as soon as it has been judged. */
  onStep?: (step: StepJudgement) => void
}

/** How a search went; `undefined` before its end. */
export interface RateSearched extends Found {
  firings: FiringNote[]
  opinions?: Opinions
}

/** Conducts a run that looks for the highest rate under an objective. */
export function searchRates(search: RateSearch): { conduct: Conduct; readonly searched?: RateSearched } {
  let searched: RateSearched | undefined
  return {
    get searched() {
      return searched
    },
    async conduct(site) {
      const firing = createStepFiring({ ...search, objective: search.question.objective }, site)
      const found = await findCapacity(search.question, firing.fire, search.onStep)
      const sent = firing.firings.reduce((sum, { requests }) => sum + requests, 0)
      const opinions = await askAgain(search, site, found, search.maxRequests - sent)
      searched = { ...found, firings: firing.firings, ...(opinions && { opinions }) }
      return firing.course(!['broken-off', 'interrupted'].includes(found.answer.end))
    },
  }
}

/** Asks autocannon about the highest rate that is met, with no more requests than are left. */
async function askAgain(
  { opinion, question, traffic, spec }: RateSearch,
  { bindings, signal, record }: Site,
  { answer, steps }: Found,
  maxRequests: number,
): Promise<Opinions | undefined> {
  const step = steps.find(({ ratePerSecond }) => ratePerSecond === answer.metPerSecond)
  if (!opinion || !step || signal.aborted) return undefined
  const names = traffic.descriptors.map(({ name }) => name)
  const plan = stepPlan(
    traffic,
    question.objective,
    { kind: 'fire', ratePerSecond: step.ratePerSecond, durationMs: 1000 },
    0,
  )
  const given = await secondOpinion({
    bindings: Object.fromEntries(
      Object.entries(bindings.descriptors).filter(([name]) => names.includes(name)),
    ),
    ratePerSecond: step.ratePerSecond,
    seconds: opinion.seconds,
    arrivals: traffic.arrivals,
    seed: traffic.seed,
    maxRequests: Math.min(maxRequests, Math.ceil(step.ratePerSecond * (opinion.seconds + 1)) + 1),
    requestTimeoutMs: plan.requestTimeoutMs,
    outcomes: spec.outcomes,
    stopWhenFailing: spec.target?.stopWhenFailing,
    signal,
    onRecord: record,
  })
  return compareOpinions(step, given, opinion.tolerance)
}
