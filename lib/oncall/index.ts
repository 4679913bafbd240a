export { type AlertBook, createAlertBook } from './alert-book.ts'
export { alertTitle } from './alert-words.ts'
export type { OncallOptions } from './api.ts'
export { alertBinding, listBinding } from './bindings.ts'
export {
  type Fixture,
  type FixturesMade,
  type FixtureType,
  fixtureName,
  type Leftover,
  type Made,
} from './fixtures.ts'
export { type LimitWords, limitWords } from './limit-words.ts'
export { limitedBy, type NamedScope } from './limited-by.ts'
export type { NamedIntegration } from './named-integrations.ts'
export { createOncall, type Oncall } from './oncall.ts'
export { createPace, type KeyLimit, type Pace, type PaceClock, paceMs, restMs } from './pace.ts'
export type { Patience } from './patience.ts'
export type { Who } from './preflight.ts'
export type { OncallProblem, Result } from './problem.ts'
export { mostReadBackRequests, type ReadBack, readBackAlerts } from './reconcile.ts'
export { type Reconciled, type ReconcileMode, reconciled } from './reconcile-findings.ts'
export type { Remains } from './remains.ts'
export type { ToResolve, Unresolved } from './resolve-groups.ts'
