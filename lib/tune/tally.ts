import { Outcome } from '../history/history.ts'
import type { Candidate, CandidateLimit } from './candidate.ts'
import type { Demand, ScopeKeys } from './demand.ts'
import { LetThrough } from './let-through.ts'
import type { Measures, Period } from './measures.ts'

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
  /** For each descriptor, when it sent the last of them. */
  lastUs: Float64Array
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
  /**
   * How many requests were refused, by descriptor, by what they met when they were recorded, and by whether
   * the first candidate lets them through: one number for each of the three together (`cellOf`).
   */
  private readonly refused: Uint32Array
  private readonly longestUs: Float64Array
  /** NaN where the last request was let through. */
  private readonly refusedSinceUs: Float64Array
  private readonly refusedOverTime: number[]
  private readonly days: ReplayedDay[] = []
  private worstSecond = 0
  private worstWindow = 0
  private period = 0

  constructor(surroundings: Surroundings, candidate: Candidate) {
    const { demand, measures } = surroundings
    const { scope, windowMs } = candidate.limits[candidate.varied] as CandidateLimit
    const ofEach = () => new Float64Array(demand.descriptors.length)
    this.surroundings = surroundings
    this.candidate = candidate
    this.letThrough = new LetThrough(surroundings, [
      { scope, spanMs: 1000 },
      { scope, spanMs: windowMs },
      ...measures.stretches,
    ])
    this.refused = new Uint32Array(demand.descriptors.length * cellsOfEach)
    this.longestUs = ofEach()
    this.refusedSinceUs = ofEach().fill(Number.NaN)
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
    const { refused, refusedSinceUs } = this
    let [refusedRows, quietRefused] = [0, 0]
    for (let row = from; row < to; row++) {
      const who = descriptor[row] as number
      const instantUs = atUs[row] as number
      if (admitted[row - from] === 0) {
        const cell = cellOf(who, met[row] as number, first[row - from] as number)
        refused[cell] = (refused[cell] as number) + 1
        refusedRows++
        quietRefused += quiet[who] as number
        if (Number.isNaN(refusedSinceUs[who] as number)) refusedSinceUs[who] = instantUs
        continue
      }
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

  /** How many requests of a descriptor were refused, of those with a kind of cell. */
  private refusedTo(who: number, counts: (met: number, before: number) => boolean): number {
    let sum = 0
    for (const met of Object.values(Outcome)) {
      for (const before of [0, 1]) {
        if (counts(met, before)) sum += this.refused[cellOf(who, met, before)] as number
      }
    }
    return sum
  }

  /** What it comes to, beside the first candidate's; nothing can be added after that. */
  result(first: Tally): Replayed {
    const { demand, asked, lastUs, met } = this.surroundings
    const descriptors = demand.descriptors.map(({ name }, who): ReplayedDescriptor => {
      // Until the end all were refused, so the last that it sent was.
      if (!Number.isNaN(this.refusedSinceUs[who] as number)) this.endRefusal(who, lastUs[who] as number)
      const refused = this.refusedTo(who, () => true)
      return {
        name,
        accepted: (asked[who] as number) - refused,
        refused,
        newlyRefused: this.refusedTo(who, (_, before) => before === 1),
        newlyAccepted: first.refusedTo(who, () => true) - this.refusedTo(who, (_, before) => before === 0),
        longestRefusalMs: (this.longestUs[who] as number) / 1000,
      }
    })
    const sum = (of: (descriptor: ReplayedDescriptor, who: number) => number) =>
      descriptors.reduce((total, each, who) => total + of(each, who), 0)
    const refusedOf = (outcome: Outcome) => sum((_, who) => this.refusedTo(who, (met) => met === outcome))
    const refused = sum((each) => each.refused)
    return {
      candidate: this.candidate,
      accepted: demand.count - refused,
      refused,
      newlyRefused: sum((each) => each.newlyRefused),
      newlyAccepted: sum((each) => each.newlyAccepted),
      refusedOfAccepted: refusedOf(Outcome.accepted),
      acceptedOfLimited: (met[Outcome.limited] as number) - refusedOf(Outcome.limited),
      descriptors,
      longestRefusalMs: descriptors.reduce((most, each) => Math.max(most, each.longestRefusalMs), 0),
      worstSecond: this.worstSecond,
      worstWindow: this.worstWindow,
      days: this.days,
      refusedOverTime: this.refusedOverTime,
    }
  }
}

const cellsOfEach = 2 * Object.keys(Outcome).length

/** @param before 1 where the first candidate lets the request through, else 0. */
function cellOf(who: number, met: number, before: number): number {
  return who * cellsOfEach + 2 * met + before
}
