import { type Candidate, type CandidateLimit, replayable } from './candidate.ts'
import type { Chunk } from './chunk.ts'
import { type Counter, createCounter } from './counters/index.ts'
import type { ScopeKeys } from './demand.ts'
import { firstFrom } from './first-from.ts'
import type { Surroundings } from './tally.ts'

/** One of a candidate's limits, with what it has counted. */
interface Enforced {
  counter: Counter
  keyOf: Int32Array
  countsItsOwn: boolean
  charged: CandidateLimit['chargedWhenRefused']
}

/** Decides all requests of a chunk in turn, counts each wherever it counts, and notes what became of it. */
export type Decide = (chunk: Chunk) => void

/**
 * Decides as a candidate would. It is to be given the chunks of a demand in their order.
 * @throws RangeError where a limit is too large to be counted exactly (`replayable`).
 */
export function decider(surroundings: Surroundings, { limits }: Candidate): Decide {
  const enforced = limits.map((limit) => enforce(limit, surroundings.keys(limit.scope)))
  const isCharged = ({ countsItsOwn, charged }: Enforced) => countsItsOwn || charged !== 'free'
  return (enforced.some(isCharged) ? chargingAll : chargingAdmitted)(enforced, surroundings)
}

/**
 * Where no limit counts what is refused, it matters that one refuses, and not which; and whoever is refused
 * remains so until that limit opens again, whatever else comes.
 */
function chargingAdmitted(enforced: readonly Enforced[], { demand }: Surroundings): Decide {
  const { atUs, descriptor, cost } = demand
  const closedUntilUs = new Float64Array(demand.descriptors.length)
  const shared = enforced.find(({ keyOf }) => keyOf.every((key) => key === 0))

  /** The limit that refuses the request: the last is the widest most often, and on a bad day refuses most. */
  function refuserOf(who: number, at: number, units: number): Enforced | undefined {
    for (let index = enforced.length - 1; index >= 0; index--) {
      const each = enforced[index] as Enforced
      const key = each.keyOf[who] as number
      if (key >= 0 && !each.counter.admits(key, at, units)) return each
    }
    return undefined
  }

  return (chunk) => {
    const { from, to, passed } = chunk
    let count = 0
    for (let row = from; row < to; row++) {
      const who = descriptor[row] as number
      const at = atUs[row] as number
      if (at < (closedUntilUs[who] as number)) continue
      const units = cost[row] as number
      const refuser = refuserOf(who, at, units)
      if (refuser === undefined) {
        charge(enforced, who, at, units)
        passed[count++] = row
        continue
      }
      const untilUs = refuser.counter.closedUntilUs(refuser.keyOf[who] as number, at)
      closedUntilUs[who] = untilUs
      if (refuser === shared) row = firstFrom(atUs, row + 1, to, untilUs) - 1
    }
    chunk.passedCount = count
  }
}

/** Where some limit counts what is refused, each of them has its say on every request. */
function chargingAll(enforced: readonly Enforced[], { demand }: Surroundings): Decide {
  const { atUs, descriptor, cost } = demand
  const full = new Uint8Array(enforced.length)

  /** Notes which limits are full, and returns the first of them; -1 where none is. */
  function refuserOf(who: number, at: number, units: number): number {
    let refuser = -1
    for (let index = enforced.length - 1; index >= 0; index--) {
      const { counter, keyOf } = enforced[index] as Enforced
      const key = keyOf[who] as number
      if (key >= 0 && !counter.admits(key, at, units)) {
        full[index] = 1
        refuser = index
      } else full[index] = 0
    }
    return refuser
  }

  /** Counts a request that is refused, by this limit first. */
  function chargeRefused(refuser: number, who: number, at: number, units: number): void {
    for (let index = 0; index < enforced.length; index++) {
      const { counter, keyOf, countsItsOwn, charged } = enforced[index] as Enforced
      const key = keyOf[who] as number
      if (key < 0) continue
      const counts =
        full[index] === 1 ? countsItsOwn : charged === 'counted' || (charged === 'earlier' && index < refuser)
      if (counts) counter.charge(key, at, units)
    }
  }

  return (chunk) => {
    const { from, to, passed } = chunk
    let count = 0
    for (let row = from; row < to; row++) {
      const who = descriptor[row] as number
      const at = atUs[row] as number
      const units = cost[row] as number
      const refuser = refuserOf(who, at, units)
      if (refuser >= 0) chargeRefused(refuser, who, at, units)
      else {
        charge(enforced, who, at, units)
        passed[count++] = row
      }
    }
    chunk.passedCount = count
  }
}

/** Counts a request that is let through. */
function charge(enforced: readonly Enforced[], who: number, at: number, units: number): void {
  for (let index = 0; index < enforced.length; index++) {
    const { counter, keyOf } = enforced[index] as Enforced
    const key = keyOf[who] as number
    if (key >= 0) counter.charge(key, at, units)
  }
}

function enforce(limit: CandidateLimit, { keyOf, values }: ScopeKeys): Enforced {
  if (!replayable(limit)) throw new RangeError(`${limit.limit} in ${limit.windowMs} ms is too large`)
  const counter = createCounter(limit.algorithm, {
    limit: limit.limit,
    windowUs: Math.round(limit.windowMs * 1000),
    keys: values.length,
    refillTickUs: limit.refillEveryMs === undefined ? undefined : Math.round(limit.refillEveryMs * 1000),
    clockTickUs: limit.serverClock === '1s' ? 1_000_000 : undefined,
  })
  const countsItsOwn = limit.limitedRequests === 'counted'
  return { counter, keyOf, countsItsOwn, charged: limit.chargedWhenRefused }
}
