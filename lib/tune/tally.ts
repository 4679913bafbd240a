import { Outcome } from '../history/history.ts'
import { type Bursts, createBursts } from './bursts.ts'
import type { Candidate, CandidateLimit } from './candidate.ts'
import type { Demand, ScopeKeys } from './demand.ts'
import type { Measures, Period, Stretch } from './measures.ts'

/** What a candidate did to one descriptor. Counts are of requests. */
export interface ReplayedDescriptor {
  name: string
  accepted: number
  refused: number
  /** Refused, where the first candidate lets it through. */
  newlyRefused: number
  /** Let through, where the first candidate refuses it. */
  newlyAccepted: number
  /**
   * The longest time from a refused request to the next that was let through, or to the last that was
   * refused.
   */
  longestRefusalMs: number
}

/** What a candidate did in one day. */
export interface ReplayedDay {
  /** Requests that were refused, and those of them that were of quiet descriptors. */
  refused: number
  quietRefused: number
  /**
   * For each of the stretches that were asked for, the most units that were let through within one that
   * ended in this day.
   */
  worst: number[]
}

/** What a candidate would have done. Counts are of requests, bursts of units of cost. */
export interface Replayed {
  candidate: Candidate
  accepted: number
  refused: number
  newlyRefused: number
  newlyAccepted: number
  /** Of the requests that were accepted when they were recorded. */
  refusedOfAccepted: number
  /** Of the requests that were refused when they were recorded. */
  acceptedOfLimited: number
  /** In the order of the demand's descriptors. */
  descriptors: ReplayedDescriptor[]
  longestRefusalMs: number
  /** The most that was let through for one value of the scope that is tried, within any second. */
  worstSecond: number
  /** The same within any stretch as long as the window that is tried. */
  worstWindow: number
  days: ReplayedDay[]
  /** Refused requests in each slice of time. */
  refusedOverTime: number[]
}

/** What is the same for all candidates that a demand is replayed through. */
export interface Surroundings {
  demand: Demand
  measures: Measures
  keys: (scope: string | undefined) => ScopeKeys
  /** For each descriptor, how many requests it sent. */
  asked: Float64Array
  /** How many requests met each outcome when they were recorded. */
  met: Float64Array
  /** Does every request cost 1? */
  alwaysOne: boolean
}

/** Adds up what becomes of requests. A class for the same reason as the counters. */
export class Tally {
  private readonly surroundings: Surroundings
  private readonly candidate: Candidate
  private readonly letThrough: LetThrough
  private readonly refused: Float64Array
  private readonly newlyRefused: Float64Array
  private readonly newlyAccepted: Float64Array
  private readonly longestUs: Float64Array
  /** NaN where the last request was let through. */
  private readonly refusedSinceUs: Float64Array
  private readonly lastRefusedUs: Float64Array
  /** By what they met when they were recorded. */
  private readonly refusedOf: Float64Array
  private readonly refusedOverTime: number[]
  private readonly days: ReplayedDay[] = []
  private worstSecond = 0
  private worstWindow = 0
  private period = 0

  constructor(surroundings: Surroundings, candidate: Candidate) {
    const { demand, measures, met } = surroundings
    const { scope, windowMs } = candidate.limits[candidate.varied] as CandidateLimit
    const ofEach = () => new Float64Array(demand.descriptors.length)
    this.surroundings = surroundings
    this.candidate = candidate
    this.letThrough = new LetThrough(surroundings, [
      { scope, spanMs: 1000 },
      { scope, spanMs: windowMs },
      ...measures.stretches,
    ])
    this.refused = ofEach()
    this.newlyRefused = ofEach()
    this.newlyAccepted = ofEach()
    this.longestUs = ofEach()
    this.refusedSinceUs = ofEach().fill(Number.NaN)
    this.lastRefusedUs = ofEach()
    this.refusedOf = new Float64Array(met.length)
    this.refusedOverTime = new Array((measures.periods.at(-1)?.slice ?? -1) + 1).fill(0)
  }

  /** Adds rows `[from, to)`, and for each, from 0 on, whether this candidate and the first let it through. */
  add(from: number, to: number, admitted: Uint8Array, first: Uint8Array): void {
    const { periods } = this.surroundings.measures
    for (let row = from; row < to; ) {
      const period = periods[this.period] as Period
      const end = Math.min(to, period.to)
      const part = [admitted, first].map((column) => column.subarray(row - from, end - from))
      this.addPart(period, row, end, ...(part as [Uint8Array, Uint8Array]))
      if (end === period.to) this.period++
      row = end
    }
  }

  private addPart({ day, slice }: Period, from: number, to: number, admitted: Uint8Array, first: Uint8Array) {
    while (this.days.length <= day) {
      const worst = this.surroundings.measures.stretches.map(() => 0)
      this.days.push({ refused: 0, quietRefused: 0, worst })
    }
    const today = this.days[day] as ReplayedDay
    const refused = this.addRows(from, to, admitted, first, today)
    today.refused += refused
    this.refusedOverTime[slice] = (this.refusedOverTime[slice] as number) + refused
    const [second, window, ...others] = this.letThrough.take() as [number, number, ...number[]]
    this.worstSecond = Math.max(this.worstSecond, second)
    this.worstWindow = Math.max(this.worstWindow, window)
    today.worst = today.worst.map((worst, index) => Math.max(worst, others[index] as number))
  }

  /** @returns how many of the rows were refused. */
  private addRows(
    from: number,
    to: number,
    admitted: Uint8Array,
    first: Uint8Array,
    today: ReplayedDay,
  ): number {
    const { demand, measures } = this.surroundings
    const { atUs, descriptor, cost, met } = demand
    const { quiet } = measures
    const { refused, newlyRefused, newlyAccepted, refusedSinceUs, lastRefusedUs, refusedOf } = this
    let [refusedRows, quietRefused] = [0, 0]
    for (let row = from; row < to; row++) {
      const who = descriptor[row] as number
      const instantUs = atUs[row] as number
      const before = first[row - from] as number
      if (admitted[row - from] === 0) {
        refusedRows++
        refused[who] = (refused[who] as number) + 1
        newlyRefused[who] = (newlyRefused[who] as number) + before
        quietRefused += quiet[who] as number
        refusedOf[met[row] as number] = (refusedOf[met[row] as number] as number) + 1
        lastRefusedUs[who] = instantUs
        if (Number.isNaN(refusedSinceUs[who] as number)) refusedSinceUs[who] = instantUs
        continue
      }
      newlyAccepted[who] = (newlyAccepted[who] as number) + 1 - before
      if (!Number.isNaN(refusedSinceUs[who] as number)) this.endRefusal(who, instantUs)
      this.letThrough.add(who, instantUs, cost[row] as number)
    }
    today.quietRefused += quietRefused
    return refusedRows
  }

  private endRefusal(who: number, instantUs: number): void {
    const lastedUs = instantUs - (this.refusedSinceUs[who] as number)
    this.longestUs[who] = Math.max(this.longestUs[who] as number, lastedUs)
    this.refusedSinceUs[who] = Number.NaN
  }

  /** What it comes to; nothing can be added after that. */
  result(): Replayed {
    const { demand, asked, met } = this.surroundings
    const { refused, newlyRefused, newlyAccepted, refusedOf } = this
    for (let who = 0; who < refused.length; who++) {
      if (!Number.isNaN(this.refusedSinceUs[who] as number))
        this.endRefusal(who, this.lastRefusedUs[who] as number)
    }
    const sum = (column: Float64Array) => column.reduce((total, each) => total + each, 0)
    return {
      candidate: this.candidate,
      accepted: demand.count - sum(refused),
      refused: sum(refused),
      newlyRefused: sum(newlyRefused),
      newlyAccepted: sum(newlyAccepted),
      refusedOfAccepted: refusedOf[Outcome.accepted] as number,
      acceptedOfLimited: (met[Outcome.limited] as number) - (refusedOf[Outcome.limited] as number),
      descriptors: demand.descriptors.map(({ name }, who) => ({
        name,
        accepted: (asked[who] as number) - (refused[who] as number),
        refused: refused[who] as number,
        newlyRefused: newlyRefused[who] as number,
        newlyAccepted: newlyAccepted[who] as number,
        longestRefusalMs: (this.longestUs[who] as number) / 1000,
      })),
      longestRefusalMs: this.longestUs.reduce((most, each) => Math.max(most, each), 0) / 1000,
      worstSecond: this.worstSecond,
      worstWindow: this.worstWindow,
      days: this.days,
      refusedOverTime: this.refusedOverTime,
    }
  }
}

/** The most that was let through in stretches of several scopes. */
class LetThrough {
  private readonly stretches: readonly Stretch[]
  private readonly scopes: readonly (string | undefined)[]
  /** For each of the scopes, which of its values each descriptor has. */
  private readonly keysOf: readonly Int32Array[]
  private readonly bursts: readonly Bursts[]

  constructor({ keys, alwaysOne }: Surroundings, stretches: readonly Stretch[]) {
    this.stretches = stretches
    this.scopes = [...new Set(stretches.map(({ scope }) => scope))]
    this.keysOf = this.scopes.map((scope) => keys(scope).keyOf)
    this.bursts = this.scopes.map((scope) => {
      const spansUs = stretches
        .filter((stretch) => stretch.scope === scope)
        .map(({ spanMs }) => Math.round(spanMs * 1000))
      return createBursts(spansUs, keys(scope).values.length, alwaysOne)
    })
  }

  add(who: number, atUs: number, units: number): void {
    for (let index = 0; index < this.bursts.length; index++) {
      const key = (this.keysOf[index] as Int32Array)[who] as number
      if (key >= 0) (this.bursts[index] as Bursts).add(key, atUs, units)
    }
  }

  /** In the order of the stretches. */
  take(): number[] {
    const taken = this.bursts.map((bursts) => bursts.take())
    return this.stretches.map(({ scope }) => taken[this.scopes.indexOf(scope)]?.shift() as number)
  }
}
