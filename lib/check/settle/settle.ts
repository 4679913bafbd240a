import { Demand, type Evidence, placesOf, Use, valuesAt } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { sortedBy } from '../evidence/sorted-by.ts'
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
  /**
   * By when each row is to be decided, where settling found out that its bound is too late: one of several
   * limiters had moved it, and another cannot have it there. Shared by the limiters, and only ever lowered.
   */
  latestUs?: Float64Array
  /** Its uses, where the last round of settling left them as they are: in order once is enough. */
  settledUses?: Uses
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

/** The uses of a limiter in the order in which they are now decided, at the same instant admitted ones first. */
export interface Uses {
  /** Indices into the evidence. */
  order: Uint32Array
  /** When each of the order is decided. */
  times: Float64Array
  /** Units that are used by the first 0, 1, 2, … of the order. */
  units: Float64Array
}

/** The uses among those requests that are scheduled: what is not is nothing that has to be explained. */
export function usesInOrder(evidence: Evidence, atUs: Float64Array): Uses {
  const { rows, cost } = evidence
  const nowUs = valuesAt(atUs, rows)
  const order = sortedBy(scheduledUses(evidence, nowUs), nowUs)
  const times = valuesAt(nowUs, order)
  const units = new Float64Array(order.length + 1)
  for (let k = 0; k < order.length; k++) {
    units[k + 1] = (units[k] as number) + (cost[order[k] as number] as number)
  }
  return { order, times, units }
}

/** The sure uses that have an instant, admitted ones first: indices into the evidence. */
function scheduledUses({ use, demand }: Evidence, nowUs: Float64Array): Uint32Array {
  const users = new Uint32Array(use.length)
  let count = 0
  let others = false
  for (let i = 0; i < use.length; i++) {
    if (use[i] !== Use.surely || Number.isNaN(nowUs[i] as number)) continue
    if (demand[i] === Demand.admit) users[count++] = i
    else others = true
  }
  for (let i = 0; others && i < use.length; i++) {
    if (use[i] !== Use.surely || demand[i] === Demand.admit || Number.isNaN(nowUs[i] as number)) continue
    users[count++] = i
  }
  return users.subarray(0, count)
}

/** The scheduled requests that use up a limiter, in that order. */
export function usersInOrder(limiter: Limiter, atUs: Float64Array): User[] {
  const { order, times } = usesInOrder(limiter.evidence, atUs)
  return usersOf(limiter, order, times)
}

/** Those of an order, from one place to another. */
export function usersOf(
  { evidence: { rows, hiUs, cost, demand }, latestUs }: Limiter,
  order: Uint32Array,
  times: Float64Array,
  from = 0,
  to = order.length,
): User[] {
  const users: User[] = []
  for (let k = from; k < to; k++) {
    const i = order[k] as number
    const row = rows[i] as number
    users.push({
      i,
      row,
      atUs: times[k] as number,
      hiUs: Math.min(hiUs[i] as number, latestUs?.[row] ?? Number.POSITIVE_INFINITY),
      cost: cost[i] as number,
      admitted: demand[i] === Demand.admit,
    })
  }
  return users
}

/** Sorts users by when they are now decided, admitted ones first. */
export function inOrder(users: User[]): User[] {
  return users.sort((a, b) => a.atUs - b.atUs || Number(b.admitted) - Number(a.admitted))
}

/** The requests that a limiter has to refuse, ascending by lower bound: indices into the evidence. */
export function requiredRefusals({ evidence }: Limiter): Uint32Array {
  return placesOf(evidence.demand, Demand.refuse)
}
