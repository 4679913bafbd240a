import { Outcome } from '../history/history.ts'
import type { Candidate, CandidateLimit } from './candidate.ts'
import { type Chunk, type Part, sortOf, sortsOfEach } from './chunk.ts'
import type { Demand, ScopeKeys } from './demand.ts'
import { firstFrom } from './first-from.ts'
import { LetThrough } from './let-through.ts'
import type { Measures } from './measures.ts'
import { noRow, type Turns } from './turns.ts'

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
  turns: Turns
  /** Does every request cost 1? */
  alwaysOne: boolean
}

/** Adds up what becomes of requests. A class for the same reason as the counters. */
export class Tally {
  private readonly surroundings: Surroundings
  private readonly candidate: Candidate
  private readonly letThrough: LetThrough
  /** How many requests of each sort were let through. */
  private readonly passed: Uint32Array
  private readonly longestUs: Float64Array
  /** For each descriptor, the row of its first request after those that were let through; `noRow` for none. */
  private readonly firstSince: Uint32Array
  private readonly refusedOverTime: number[]
  private readonly days: ReplayedDay[] = []
  private worstSecond = 0
  private worstWindow = 0

  constructor(surroundings: Surroundings, candidate: Candidate) {
    const { demand, measures } = surroundings
    const { scope, windowMs } = candidate.limits[candidate.varied] as CandidateLimit
    this.surroundings = surroundings
    this.candidate = candidate
    this.letThrough = new LetThrough(surroundings, [
      { scope, spanMs: 1000 },
      { scope, spanMs: windowMs },
      ...measures.stretches,
    ])
    this.passed = new Uint32Array(demand.descriptors.length * sortsOfEach)
    this.longestUs = new Float64Array(demand.descriptors.length)
    this.firstSince = surroundings.turns.first.slice()
    this.refusedOverTime = new Array((measures.periods.at(-1)?.slice ?? -1) + 1).fill(0)
  }

  /** Adds what became of the rows of a chunk. */
  add(chunk: Chunk): void {
    let index = 0
    for (const part of chunk.parts) index = this.addPart(part, chunk, index)
  }

  /** @param index of the first row of the part that was let through. @returns that of the next part. */
  private addPart(part: Part, chunk: Chunk, index: number): number {
    const { day, slice, from, to, quiet } = part
    while (this.days.length <= day) {
      const worst = this.surroundings.measures.stretches.map(() => 0)
      this.days.push({ refused: 0, quietRefused: 0, worst })
    }
    const end = firstFrom(chunk.passed, index, chunk.passedCount, to)
    const passed = end - index
    const quietPassed = this.addPassed(chunk, index, end)
    const refused = to - from - passed
    const today = this.days[day] as ReplayedDay
    today.refused += refused
    today.quietRefused += quiet - quietPassed
    this.refusedOverTime[slice] = (this.refusedOverTime[slice] as number) + refused
    const [second, window, ...others] = this.letThrough.take() as [number, number, ...number[]]
    this.worstSecond = Math.max(this.worstSecond, second)
    this.worstWindow = Math.max(this.worstWindow, window)
    today.worst = today.worst.map((worst, index) => Math.max(worst, others[index] as number))
    return end
  }

  /** @returns how many of those that were let through are of quiet descriptors. */
  private addPassed({ from, passed, sorts }: Chunk, first: number, end: number): number {
    const { demand, turns } = this.surroundings
    const { atUs, descriptor, cost } = demand
    const { passed: counts, firstSince } = this
    let quiet = 0
    for (let index = first; index < end; index++) {
      const row = passed[index] as number
      const who = descriptor[row] as number
      const sort = sorts[row - from] as number
      counts[sort >>> 1] = (counts[sort >>> 1] as number) + 1
      quiet += sort & 1
      if (firstSince[who] !== row) this.endRefusal(who, atUs[row] as number)
      firstSince[who] = turns.next[row] as number
      this.letThrough.add(who, atUs[row] as number, cost[row] as number)
    }
    return quiet
  }

  private endRefusal(who: number, instantUs: number): void {
    const lastedUs = instantUs - (this.surroundings.demand.atUs[this.firstSince[who] as number] as number)
    this.longestUs[who] = Math.max(this.longestUs[who] as number, lastedUs)
  }

  /**
   * What it comes to; nothing can be added after that.
   * @param asked how many requests of each sort there were.
   */
  result(asked: Uint32Array): Replayed {
    const { demand, turns } = this.surroundings
    const { passed } = this
    const descriptors = demand.descriptors.map(({ name }, who): ReplayedDescriptor => {
      // Until the end all were refused, so the last that it sent was.
      if (this.firstSince[who] !== noRow)
        this.endRefusal(who, demand.atUs[turns.last[who] as number] as number)
      const accepted = countOf(passed, who)
      const newlyAccepted = countOf(passed, who, { before: 0 })
      return {
        name,
        accepted,
        refused: countOf(asked, who) - accepted,
        newlyRefused: countOf(asked, who, { before: 1 }) - (accepted - newlyAccepted),
        newlyAccepted,
        longestRefusalMs: (this.longestUs[who] as number) / 1000,
      }
    })
    const sum = (of: (descriptor: ReplayedDescriptor, who: number) => number) =>
      descriptors.reduce((total, each, who) => total + of(each, who), 0)
    const met = (counts: Uint32Array, met: Outcome) => sum((_, who) => countOf(counts, who, { met }))
    return {
      candidate: this.candidate,
      accepted: sum((each) => each.accepted),
      refused: sum((each) => each.refused),
      newlyRefused: sum((each) => each.newlyRefused),
      newlyAccepted: sum((each) => each.newlyAccepted),
      refusedOfAccepted: met(asked, Outcome.accepted) - met(passed, Outcome.accepted),
      acceptedOfLimited: met(passed, Outcome.limited),
      descriptors,
      longestRefusalMs: descriptors.reduce((most, each) => Math.max(most, each.longestRefusalMs), 0),
      worstSecond: this.worstSecond,
      worstWindow: this.worstWindow,
      days: this.days,
      refusedOverTime: this.refusedOverTime,
    }
  }
}

/** How many requests of a descriptor there are in counts of sorts, of those that met this and came to that before. */
function countOf(counts: Uint32Array, who: number, only: { met?: Outcome; before?: number } = {}): number {
  let sum = 0
  for (const met of Object.values(Outcome)) {
    for (const before of [0, 1]) {
      if ((only.met ?? met) === met && (only.before ?? before) === before) {
        sum += counts[sortOf(who, met, before)] as number
      }
    }
  }
  return sum
}
