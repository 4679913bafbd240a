import { Demand, type Evidence, Use } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { settleFirstHitWindow } from './settle-first-hit-window.ts'
import { settleFixedWindow } from './settle-fixed-window.ts'
import { settleGcra } from './settle-gcra.ts'
import { settleSlidingCounter } from './settle-sliding-counter.ts'
import { settleSlidingLog } from './settle-sliding-log.ts'

/** What one step of settling did to the decision instants. */
export type Settled = 'unchanged' | 'changed' | 'impossible'

/** One limiter whose demands are being met by moving decision instants later. */
export interface Limiter {
  evidence: Evidence
  hypothesis: Hypothesis
  /** Fixed windows and sliding counters: some instant at which a window starts. Buckets: one at which a refill comes. */
  startUs?: number
}

/**
 * Moves decision instants (by history row) later, as little as needed, so that one limiter's
 * demands are met; never past a request's upper bound. Repeated over all limiters until nothing
 * changes, this finds the earliest schedule wherever only lower bounds are at stake. It is a way
 * to find a witness, not a proof that there is none: whether a schedule holds is decided by replay.
 */
export function settle(limiter: Limiter, atUs: Float64Array): Settled {
  switch (limiter.hypothesis.algorithm) {
    case 'fixed-window':
      return settleFixedWindow(limiter, atUs)
    case 'first-hit-window':
      return settleFirstHitWindow(limiter, atUs)
    case 'sliding-log':
      return settleSlidingLog(limiter, atUs)
    case 'sliding-counter':
      return settleSlidingCounter(limiter, atUs)
    case 'token-bucket':
    case 'gcra':
      return settleGcra(limiter, atUs)
  }
}

/** A request that uses up the limiter, as the settling sees it. */
export interface User {
  /** Index into the evidence. */
  i: number
  row: number
  atUs: number
  hiUs: number
  cost: number
  admitted: boolean
}

/** The scheduled requests that use up a limiter, in the order in which they are now decided, admitted ones first. */
export function usersInOrder({ evidence }: Limiter, atUs: Float64Array): User[] {
  const users: User[] = []
  for (let i = 0; i < evidence.rows.length; i++) {
    const row = evidence.rows[i] as number
    // What is not scheduled is nothing that has to be explained.
    if (evidence.use[i] !== Use.surely || Number.isNaN(atUs[row])) continue
    users.push({
      i,
      row,
      atUs: atUs[row] as number,
      hiUs: evidence.hiUs[i] as number,
      cost: evidence.cost[i] as number,
      admitted: evidence.demand[i] === Demand.admit,
    })
  }
  return inOrder(users)
}

/** Sorts users by when they are now decided, admitted ones first. */
export function inOrder(users: User[]): User[] {
  return users.sort((a, b) => a.atUs - b.atUs || Number(b.admitted) - Number(a.admitted))
}

/** The requests that a limiter has to refuse, ascending by lower bound: indices into the evidence. */
export function requiredRefusals({ evidence }: Limiter): number[] {
  const refusals: number[] = []
  for (let i = 0; i < evidence.rows.length; i++) if (evidence.demand[i] === Demand.refuse) refusals.push(i)
  return refusals
}
