export { createWatch } from './create-watch.ts'
export { makePlan, type PlanOptions, type Unplannable } from './make-plan.ts'
export type * from './plan.ts'
export type * from './watch.ts'
