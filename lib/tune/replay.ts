import { Outcome } from '../history/history.ts'
import type { Candidate, CandidateLimit } from './candidate.ts'
import { type Counter, createCounter } from './counters/index.ts'
import { createScopeKeys, type Demand, type ScopeKeys } from './demand.ts'
import { type Measures, noMeasures } from './measures.ts'
import { type Replayed, type Surroundings, Tally } from './tally.ts'

/**
 * So many requests go through one candidate before the next has its turn: few enough to stay in the cache,
 * and enough for what the candidate has counted to be worth its way there.
 */
const chunkRows = 1 << 16

/** One of a candidate's limits, with what it has counted. */
interface Enforced {
  counter: Counter
  keyOf: Int32Array
  countsItsOwn: boolean
  charged: CandidateLimit['chargedWhenRefused']
}

/**
 * What each candidate would have let through and refused, in one pass over the demand. Requests come
 * when they came, whatever they are answered: nobody tries again more or less. Windows that follow a
 * clock begin at multiples of their length since the Unix epoch; nothing was counted before the first
 * request. Differences are to the first candidate.
 *
 * Decides as `createHierarchy` does over the models in `lib/limiters`. Time grows linearly with requests
 * times candidates; memory with what each candidate holds of one window, and with the number of keys.
 * @param measures what is counted beside; nothing by default.
 * @throws RangeError where a candidate is too large to be replayed exactly (`replayable`).
 */
export function replay(
  demand: Demand,
  candidates: readonly Candidate[],
  measures: Measures = noMeasures(demand),
): Replayed[] {
  const surroundings = surroundingsOf(demand, measures)
  const players = candidates.map((candidate) => createPlayer(surroundings, candidate))
  const firsts = new Uint8Array(chunkRows)
  const others = new Uint8Array(chunkRows)
  for (let from = 0; from < demand.count; from += chunkRows) {
    const to = Math.min(demand.count, from + chunkRows)
    players.forEach((player, index) => {
      player.play(from, to, index === 0 ? firsts : others, firsts)
    })
  }
  return players.map(({ tally }) => tally.result((players[0] as Player).tally))
}

function surroundingsOf(demand: Demand, measures: Measures): Surroundings {
  const { count, descriptors, descriptor, atUs, cost, met } = demand
  const asked = new Float64Array(descriptors.length)
  const lastUs = new Float64Array(descriptors.length)
  const metAll = new Float64Array(Object.keys(Outcome).length)
  let alwaysOne = true
  for (let row = 0; row < count; row++) {
    const [who, outcome] = [descriptor[row] as number, met[row] as number]
    asked[who] = (asked[who] as number) + 1
    lastUs[who] = atUs[row] as number
    metAll[outcome] = (metAll[outcome] as number) + 1
    if (cost[row] !== 1) alwaysOne = false
  }
  return { demand, measures, keys: createScopeKeys(demand), asked, lastUs, met: metAll, alwaysOne }
}

/** Can all counts be exact? The limit times its window in microseconds has to be below 2^53. */
export function replayable({ limit, windowMs }: Pick<CandidateLimit, 'limit' | 'windowMs'>): boolean {
  return (limit + 1) * windowMs * 1000 < Number.MAX_SAFE_INTEGER
}

function createPlayer(surroundings: Surroundings, candidate: Candidate) {
  const { demand, keys } = surroundings
  const tally = new Tally(surroundings, candidate)
  const enforced = candidate.limits.map((limit) => enforce(limit, keys(limit.scope)))
  const isCharged = ({ countsItsOwn, charged }: Enforced) => countsItsOwn || charged !== 'free'
  const charges = enforced.some(isCharged)
  const decide = charges ? chargingAll(enforced) : chargingAdmitted(enforced)
  // What all requests share, and what no refused request uses up, refuses all of them until it opens again.
  const shared = charges ? undefined : enforced.find(({ keyOf }) => keyOf.every((key) => key === 0))?.counter

  return {
    /** Plays rows; `admitted` gets 1 for each that is let through, `first` has what the first candidate did. */
    play(from: number, to: number, admitted: Uint8Array, first: Uint8Array): void {
      const { atUs, descriptor, cost } = demand
      for (let row = from; row < to; row++) {
        const isAdmitted = decide(descriptor[row] as number, atUs[row] as number, cost[row] as number)
        admitted[row - from] = isAdmitted ? 1 : 0
        if (isAdmitted || shared === undefined) continue
        const untilUs = shared.closedUntilUs(0, atUs[row] as number)
        while (row + 1 < to && (atUs[row + 1] as number) < untilUs) admitted[++row - from] = 0
      }
      tally.add(from, to, admitted, first)
    },
    tally,
  }
}

type Player = ReturnType<typeof createPlayer>

/** Decides one request, and counts it wherever it counts. */
type Decide = (who: number, atUs: number, units: number) => boolean

/** Where no limit counts what is refused, it matters that one refuses, and not which. */
function chargingAdmitted(enforced: readonly Enforced[]): Decide {
  return (who, at, units) => {
    // The last limit is the widest most often: on a bad day it alone refuses most.
    for (let index = enforced.length - 1; index >= 0; index--) {
      const { counter, keyOf } = enforced[index] as Enforced
      const key = keyOf[who] as number
      if (key >= 0 && !counter.admits(key, at, units)) return false
    }
    charge(enforced, who, at, units)
    return true
  }
}

function chargingAll(enforced: readonly Enforced[]): Decide {
  const full = new Uint8Array(enforced.length)

  /** Counts a request that is refused, by this limit first. */
  function chargeRefused(refusedBy: number, who: number, at: number, units: number): void {
    for (let index = 0; index < enforced.length; index++) {
      const { counter, keyOf, countsItsOwn, charged } = enforced[index] as Enforced
      const key = keyOf[who] as number
      if (key < 0) continue
      const counts =
        full[index] === 1
          ? countsItsOwn
          : charged === 'counted' || (charged === 'earlier' && index < refusedBy)
      if (counts) counter.charge(key, at, units)
    }
  }

  return (who, at, units) => {
    let refusedBy = -1
    for (let index = enforced.length - 1; index >= 0; index--) {
      const { counter, keyOf } = enforced[index] as Enforced
      const key = keyOf[who] as number
      if (key >= 0 && !counter.admits(key, at, units)) {
        full[index] = 1
        refusedBy = index
      } else full[index] = 0
    }
    if (refusedBy < 0) charge(enforced, who, at, units)
    else chargeRefused(refusedBy, who, at, units)
    return refusedBy < 0
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
  })
  const countsItsOwn = limit.limitedRequests === 'counted'
  return { counter, keyOf, countsItsOwn, charged: limit.chargedWhenRefused }
}
