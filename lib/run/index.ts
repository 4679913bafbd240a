export { type Assignment, type Carried, carryOut, noteLasting } from './carry-out.ts'
export { clearAway } from './clear-away.ts'
export { type Credits, conclude } from './conclude.ts'
export type { Conduct, Lag, Site } from './conduct.ts'
export type { Course } from './fire-plan.ts'
export { keepSilent, keyLimitsOf } from './fire-plan.ts'
export type { Interruption } from './interruption.ts'
export { doubtWarnings, introduceKeys } from './introduce.ts'
export { type Circumstances, judgedResult } from './judged-result.ts'
export { clientsOf, keyDescriptor, setupDescriptor } from './keys.ts'
export { embeddedCandidates, embeddedLoadKeys, type LoadKey, loadKeysOf, withLoadKeys } from './load-keys.ts'
export { measureRefusing, type RefusingMeasured } from './measure-refusing.ts'
export { type FiringNote, observedIn } from './observed-in.ts'
export { onlyAsked } from './only.ts'
export { type RaisedTarget, raiseTarget, setupKeyOf, type TargetChoice } from './raise-target.ts'
export type { ReadingBack } from './read-back.ts'
export { recordedFirings } from './recorded-firings.ts'
export { openRecording, type Recording } from './recording.ts'
export {
  createRunFolder,
  type RunFolder,
  RunFolderError,
  runFiles,
  runFolderAt,
  writeIntent,
  writeResult,
} from './run-folder.ts'
export { runId, startOfRun } from './run-id.ts'
export { type RateSearch, type RateSearched, searchRates } from './search-rates.ts'
export { type SpecInEffect, specInEffect } from './spec-in-effect.ts'
export { specText, type Written, writtenIn } from './spec-text.ts'
export { storedFindings } from './stored-findings.ts'
export { type RunState, runState } from './under-way.ts'
export type { Permit, Wakes } from './wakes.ts'
export type { Phase, Watcher } from './watcher.ts'
