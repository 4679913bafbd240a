export { type Answer, rateText, type SearchEnd } from './answer.ts'
export type { ClientReport } from './client.ts'
export { type Fired, type Firing, type Found, findCapacity, type Question } from './find-capacity.ts'
export type { Condition, StepJudgement } from './judge-step.ts'
export { type Objective, objectiveText, type ParsedObjective, parseObjective } from './objective.ts'
export { type FiringRecords, type Observation, requestsOf } from './observation.ts'
export {
  highestRatePerSecond,
  percentileMs,
  type Queue,
  saturationPerSecond,
  shareBeyond,
} from './queueing.ts'
export { type Need, needsOf, unlimitedPerSecond } from './spread.ts'
