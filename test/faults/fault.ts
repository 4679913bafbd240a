import type { CreateLimiter } from '../../lib/simulate/index.ts'
import type { Algorithm } from '../../lib/spec/index.ts'

/** What a limiter is said to be: what stands in the spec that it is judged by. */
export interface Claim {
  limit: number
  windowMs: number
  algorithm: Algorithm | Algorithm[]
  /** Token bucket: how often it is refilled, as a spec has it. All the time where it is left out. */
  refillEvery?: string
  /** Do refused requests use the limit up? Left open in the spec where it is left out. */
  limitedRequests?: 'counted' | 'free'
}

/** What requests a limiter meets, where that is not left to chance. */
export interface Traffic {
  keys?: readonly string[]
  /** Costs are drawn from 1 to this; 1 where it is left out. */
  highestCost?: number
  /** About how long a request takes to the limiter, or an answer back, in milliseconds. */
  latencyMs?: number
}

/** A limiter that is not what it is said to be, and shows it under such traffic. */
export interface FaultyLimiter {
  name: string
  /** What kind of software had it. */
  had: string
  limit: Claim
  create: CreateLimiter
  traffic?: Traffic
}

/** A limiter that is what it is said to be, whatever the limit and the window. */
export interface CorrectLimiter {
  name: string
  algorithm: Algorithm
  limitedRequests: 'counted' | 'free'
  /** Token bucket: the interval between refills, where it is not refilled all the time. */
  refillMs?: (limit: number, windowMs: number) => number
  create: (limit: number, windowMs: number) => CreateLimiter
}
