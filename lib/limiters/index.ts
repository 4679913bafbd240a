export { createLimiter, modelledAlgorithms } from './create-limiter.ts'
export {
  createHierarchy,
  type Decision,
  type EnforcedLimit,
  type Hierarchy,
  type LimitedRequest,
} from './hierarchy.ts'
export type { LimiterModel, LimiterParameters } from './model.ts'
