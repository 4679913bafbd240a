export {
  type Candidate,
  type CandidateLimit,
  candidatesOf,
  type Grid,
  limitsOfToday,
  replayable,
} from './candidate.ts'
export { type Demand, demandOf, emptyDemand } from './demand.ts'
export { type TuningDocument, tuningDocument, tuningJsonSchema } from './document.ts'
export { replayInThreads } from './in-threads.ts'
export { type Calendar, calendarOf, type Measures, type Stretch } from './measures.ts'
export { replayNotes } from './notes.ts'
export * from './recommend/index.ts'
export { replay } from './replay.ts'
export * from './settings/index.ts'
export { exampleStorm, type StormTerms, storm } from './storm.ts'
export type { Replayed, ReplayedDay, ReplayedDescriptor } from './tally.ts'
export { type Question, type ReplayedSetting, type Tuning, tune } from './tuning.ts'
