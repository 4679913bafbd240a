// What the published package hands out as `onset/limiter`. Its declarations are published as well, so
// nothing here has a type from another folder or library.

export type { Arrival, Call } from './arrival.ts'
export { assertLimiter, LimiterError } from './assert-limiter.ts'
export type { CreateLimiter, Decide, World } from './decide.ts'
export type { FakeClock } from './fake-clock.ts'
export type { LimiterAlgorithm, LimitUnderTest } from './promised-limit.ts'
export type {
  CallCertificate,
  Verification,
  VerificationFailed,
  VerificationPassed,
  VerifyOptions,
} from './verification.ts'
export { verifyLimiter } from './verify-limiter.ts'
