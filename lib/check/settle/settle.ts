import { Demand, type Evidence, refusalsIn, Use, valuesAt } from '../evidence/evidence.ts'
import { giveBack } from '../evidence/give-back.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import { placesBy } from '../evidence/sorted-by.ts'
import { type Sums, sumsOf } from '../evidence/sums.ts'
import { settleFirstHitWindow } from './settle-first-hit-window.ts'
import { settleFixedWindow } from './settle-fixed-window.ts'
import { settleGcra } from './settle-gcra.ts'
import { settleSlidingCounter } from './settle-sliding-counter.ts'
import { settleSlidingLog } from './settle-sliding-log.ts'

/** Uses are put in order in place, as long as that takes no more moves than so many for each so far … */
const mostMovesEach = 16

/** … and so many more. */
const someMoves = 1_000

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
  /** Its uses in order as the last round of settling left them, for as long as nobody is moved: in order once is enough. */
  settledUses?: Uses
  /** The places of these at which some were moved since all had their places: stretches of them. */
  movedPlaces?: [first: number, last: number][]
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
  order: Uint32Array<ArrayBuffer>
  /** When each of the order is decided. */
  times: Float64Array<ArrayBuffer>
  /** Units that are used by the first of the order. */
  units: Sums
}

/** The uses among those requests that are scheduled: what is not is nothing that has to be explained. */
export function usesInOrder(evidence: Evidence, atUs: Float64Array): Uses {
  const { order, times } = byInstant(scheduledUses(evidence, atUs))
  return { order, times, units: sumsOf(evidence.cost, order) }
}

/**
 * Uses and their instants, by these; at the same instant as they were. Both are given up. Where few have to be
 * moved, and not far, as mostly, that takes no more memory than they do.
 */
function byInstant({ uses, nowUs }: Scheduled): Pick<Uses, 'order' | 'times'> {
  if (insertBoth(uses, nowUs)) return { order: uses, times: nowUs }
  // Places among those uses, which become the uses.
  const order = placesBy(nowUs)
  const times = valuesAt(nowUs, order)
  for (let k = 0; k < order.length; k++) order[k] = uses[order[k] as number] as number
  giveBack(nowUs)
  giveBack(uses)
  return { order, times }
}

/** Puts uses and their instants in order one by one. Gives up, halfway, where that takes too many moves. */
function insertBoth(uses: Uint32Array, us: Float64Array): boolean {
  let moves = 0
  for (let k = 1; k < us.length; k++) {
    const here = us[k] as number
    if (here >= (us[k - 1] as number)) continue
    const use = uses[k] as number
    let place = k
    while (place > 0 && (us[place - 1] as number) > here) {
      us[place] = us[place - 1] as number
      uses[place] = uses[place - 1] as number
      place--
    }
    us[place] = here
    uses[place] = use
    moves += k - place
    if (moves > mostMovesEach * k + someMoves) return false
  }
  return true
}

/** Gives the memory of uses back that nobody looks at any more. */
export function giveBackUses({ order, times }: Uses): void {
  giveBack(order)
  giveBack(times)
}

/** The sure uses that have an instant, admitted ones first: indices into the evidence, and their instants. */
function scheduledUses({ rows, use, demand }: Evidence, atUs: Float64Array): Scheduled {
  let mostAdmitted = 0
  let mostOthers = 0
  for (let i = 0; i < use.length; i++) {
    if (use[i] !== Use.surely) continue
    if (demand[i] === Demand.admit) mostAdmitted++
    else mostOthers++
  }
  const uses = new Uint32Array(mostAdmitted + mostOthers)
  const nowUs = new Float64Array(uses.length)
  let [admitted, other] = [0, mostAdmitted]
  for (let i = 0; i < use.length; i++) {
    if (use[i] !== Use.surely) continue
    const us = atUs[rows[i] as number] as number
    if (Number.isNaN(us)) continue
    const place = demand[i] === Demand.admit ? admitted++ : other++
    uses[place] = i
    nowUs[place] = us
  }
  // What has no instant has left a gap between the two.
  uses.copyWithin(admitted, mostAdmitted, other)
  nowUs.copyWithin(admitted, mostAdmitted, other)
  const count = admitted + other - mostAdmitted
  return { uses: uses.subarray(0, count), nowUs: nowUs.subarray(0, count) }
}

interface Scheduled {
  uses: Uint32Array<ArrayBuffer>
  nowUs: Float64Array<ArrayBuffer>
}

/** When uses are decided, in order: all that is needed of millions of them, of which nothing else is made. */
export type Timed = Pick<Uses, 'order' | 'times'>

/** Users as such an order. */
export function timedOf(users: readonly User[]): Timed {
  return { order: Uint32Array.from(users, ({ i }) => i), times: Float64Array.from(users, ({ atUs }) => atUs) }
}

/** By when a request has to be decided. */
export function deadlineUs({ evidence: { rows, hiUs }, latestUs }: Limiter, i: number): number {
  const hi = hiUs[i] as number
  return latestUs ? Math.min(hi, latestUs[rows[i] as number] as number) : hi
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

/** The requests that a limiter has to refuse, ascending by lower bound: indices into the evidence. */
export function requiredRefusals({ evidence }: Limiter): Uint32Array {
  return refusalsIn(evidence)
}
