import type { Arrival, Call } from './arrival.ts'

/** What simulated histories say about a limiter. */
export type Verification = VerificationPassed | VerificationFailed

/** No history contradicts the limits. */
export interface VerificationPassed {
  ok: true
  /** How many histories were simulated. */
  histories: number
  /** So many of those compared nothing but these limits explains: of none one more or less, nor another window. */
  passed: number
  /** So many of those compared other limits explain as well, or a limit was never reached. */
  inconclusive: number
  /** So many others a correct limiter answers call for call; with what else would explain them they were not compared. */
  explained: number
  /** Why, by the checker's word for it, such as `rivals` or `window-not-known`: of the first limit that did not pass. */
  reasons: Record<string, number>
  /** What the same histories are drawn from again. */
  seed: number
}

/** A history that the limits do not explain, made small. */
export interface VerificationFailed {
  ok: false
  /** What the same failure is found with again. */
  seed: number
  /** Which history failed, counted from 1. */
  history: number
  /**
   * Which of the limits that were handed over are broken, by their place in the list, counted from 0.
   * Where there are several, at least one of them is, and which one cannot be told.
   */
  limits: number[]
  /** What the limiter was asked, in the order in which it was asked, and what it answered. */
  calls: Call[]
  /** The requests behind the calls, as `traffic` takes them. */
  traffic: Arrival[]
  /** For each call, what the correct limiter that comes closest answers. */
  expected: boolean[]
  /** The failure in a sentence or two. */
  explanation: string
  /** The calls that nothing explains, and why. */
  certificate: CallCertificate
  /** How it was made small. `complete: false`: it was stopped before nothing more could be left out. */
  shrinking: { tries: number; complete: boolean }
  /** All of it for a person, with a test to paste. */
  message: string
}

/** Calls that no limiter of the kind that was asked for can have answered so. */
export interface CallCertificate {
  kind: 'over-admission' | 'unjustified-refusal' | 'contradiction' | 'several-limits'
  /** Numbers of the calls, counted from 1. */
  calls: number[]
  why: string
  /** The reasons in the order in which they are to be read; empty where `why` says it all. */
  steps: { calls: number[]; why: string }[]
}

/** What is simulated, and how much of it. Everything may be left out. */
export interface VerifyOptions {
  /** How many histories are simulated at most: it ends with the first failure. Default 200. */
  histories?: number
  /**
   * So many of the histories, the first ones, are compared: does another limit or window explain them as well?
   * That tells how much the traffic can show, and no failure, and takes many times as long as all else.
   * Default 100.
   */
  compared?: number
  /** A whole number from 0 to 4294967295 that all is drawn from. Drawn itself where it is left out. */
  seed?: number
  /** Keys that requests are for, or how many; a history uses from one to all of them. Default 2. */
  keys?: number | readonly string[]
  /** Costs are drawn from 1 to this whole number, which is not above the limit. Default 1. */
  highestCost?: number
  /**
   * The longest that a request takes to the limiter, and the answer back, in milliseconds. The default of
   * 0 tells most about a limiter; more is what a client behind a network could tell.
   */
  latencyMs?: number
  /**
   * So many simulations at most to make a failure small; 0 leaves it as it was found. Each takes a few
   * milliseconds, or some tenths of a second at worst. Default 1000.
   */
  shrinkTries?: number
  /** Requests in one history at most: what comes later is cut off. Default 20000. */
  requests?: number
  /** These requests instead of drawn ones, in one history; for replaying a failure. */
  traffic?: readonly Arrival[]
}
