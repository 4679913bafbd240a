import { Demand, type Evidence, Use } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { firstAbove } from '../evidence/search.ts'
import { settleFirstHitWindow } from './settle-first-hit-window.ts'
import { settleFixedWindow } from './settle-fixed-window.ts'
import { lackingAt, settleGcra } from './settle-gcra.ts'
import { settleSlidingCounter, shutness } from './settle-sliding-counter.ts'
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

/** Is the limiter used up at an instant, counting what is decided up to and including it? */
export function fullness(limiter: Limiter, atUs: Float64Array): (us: number, cost: number) => boolean {
  const { limit, windowUs, algorithm } = limiter.hypothesis
  if (algorithm === 'sliding-counter') return shutness(limiter, usersInOrder(limiter, atUs))
  if (algorithm === 'gcra' || algorithm === 'token-bucket') {
    return lackingAt(limiter, usersInOrder(limiter, atUs))
  }
  const { times, units } = useOverTime(limiter.evidence, atUs)
  const starts = algorithm === 'first-hit-window' ? firstHitStarts(times, windowUs) : undefined
  const upTo = (us: number) => firstAbove(times, us)
  return (us, cost) => {
    let countedFromUs = us - windowUs + 1
    if (algorithm === 'fixed-window') {
      const startUs = limiter.startUs as number
      countedFromUs = us - ((((us - startUs) % windowUs) + windowUs) % windowUs)
    } else if (starts) {
      const start = starts[firstAbove(starts, us) - 1]
      if (start === undefined || us >= start + windowUs) return cost > limit
      countedFromUs = start
    }
    return (units[upTo(us)] as number) - (units[upTo(countedFromUs - 1)] as number) + cost > limit
  }
}

/** When a limiter is used, ascending, and the units that were used before each and in all. */
function useOverTime({ rows, use, cost, unitCost }: Evidence, atUs: Float64Array) {
  const isUser = (i: number) => use[i] === Use.surely && !Number.isNaN(atUs[rows[i] as number])
  let count = 0
  for (let i = 0; i < rows.length; i++) if (isUser(i)) count++
  const users = new Uint32Array(count)
  let ascending = true
  for (let i = 0, k = 0; i < rows.length; i++) if (isUser(i)) users[k++] = i
  const timeOf = (i: number) => atUs[rows[i] as number] as number
  for (let k = 1; k < count && ascending; k++) {
    ascending = timeOf(users[k - 1] as number) <= timeOf(users[k] as number)
  }
  // Where all cost the same, plain numbers do, which sort fast.
  if (!ascending && unitCost === undefined) users.sort((a, b) => timeOf(a) - timeOf(b))
  const times = new Float64Array(count)
  const units = new Float64Array(count + 1)
  for (let k = 0; k < count; k++) {
    times[k] = timeOf(users[k] as number)
    units[k + 1] = (units[k] as number) + (cost[users[k] as number] as number)
  }
  if (!ascending && unitCost !== undefined) times.sort()
  return { times, units }
}

/** Where first-hit windows start, given when somebody is let through. */
function firstHitStarts(timesUs: Iterable<number>, windowUs: number): number[] {
  const starts: number[] = []
  for (const atUs of timesUs) {
    const last = starts.at(-1)
    if (last === undefined || atUs >= last + windowUs) starts.push(atUs)
  }
  return starts
}
