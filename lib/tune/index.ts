export { type Candidate, type CandidateLimit, candidatesOf, type Grid, limitsOfToday } from './candidate.ts'
export { type Demand, demandOf } from './demand.ts'
export { replay, replayable } from './replay.ts'
export type { Replayed, ReplayedDescriptor } from './tally.ts'
