export { type Answer, rateText, type SearchEnd } from './answer.ts'
export type { ClientReport } from './client.ts'
export { compareOpinions, type Opinions } from './compare-opinions.ts'
export { coolDownMs } from './cool-down.ts'
export { type CapacityDocument, capacityDocumentSchema, capacityJsonSchema } from './document.ts'
export {
  type Fired,
  type Firing,
  type Found,
  findCapacity,
  judgeAgain,
  type Question,
} from './find-capacity.ts'
export type { Condition, StepJudgement } from './judge-step.ts'
export { type Objective, objectiveText, type ParsedObjective, parseObjective } from './objective.ts'
export { type ClientCpu, type FiringRecords, type Observation, requestsOf } from './observation.ts'
export {
  highestRatePerSecond,
  percentileMs,
  type Queue,
  saturationPerSecond,
  shareBeyond,
} from './queueing.ts'
export {
  judgeRefusing,
  type Latencies,
  limitPerSecond,
  overLimit,
  type Refusing,
  refusingRisk,
  underLimit,
} from './refusing.ts'
export { type SecondOpinion, secondOpinion } from './second-opinion.ts'
export { type Need, needsOf, unlimitedPerSecond } from './spread.ts'
export { stepPlan, type Traffic } from './step-plan.ts'
