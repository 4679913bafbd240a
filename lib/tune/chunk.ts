import { Outcome } from '../history/history.ts'
import type { Demand } from './demand.ts'
import type { Measures, Period } from './measures.ts'

/**
 * So many requests go through one candidate before the next has its turn: few enough to stay in the cache,
 * and enough for what the candidate has counted to be worth its way there.
 */
const mostRows = 1 << 16

/** How many sorts of requests each descriptor has. */
export const sortsOfEach = 2 * Object.keys(Outcome).length

/**
 * What sort of request it is: by its descriptor, by what it met when it was recorded, and by whether the
 * first candidate lets it through.
 * @param before 1 where the first candidate lets the request through, else 0.
 */
export function sortOf(who: number, met: number, before: number): number {
  return who * sortsOfEach + 2 * met + before
}

/** Rows `[from, to)` of a chunk that lie in one period, and how many of them quiet descriptors sent. */
export interface Part extends Period {
  quiet: number
}

/** Successive rows of a demand, and what becomes of them. */
export class Chunk {
  from = 0
  to = 0
  /** The rows in parts, in their order. */
  parts: readonly Part[] = []
  /** The rows that the candidate which has its turn let through, in their order: the first `passedCount`. */
  readonly passed: Uint32Array
  passedCount = 0
  /** For each row, by its distance to `from`: twice the sort, and 1 more where the descriptor is quiet. */
  readonly sorts: Uint32Array
  /** How many requests of each sort there were, up to here. */
  readonly asked: Uint32Array
  private readonly demand: Demand
  private readonly measures: Measures
  private period = 0

  constructor(demand: Demand, measures: Measures) {
    const rows = Math.min(mostRows, demand.count)
    this.passed = new Uint32Array(rows)
    this.sorts = new Uint32Array(rows)
    this.asked = new Uint32Array(demand.descriptors.length * sortsOfEach)
    this.demand = demand
    this.measures = measures
  }

  /** Goes on to the next rows; false at the end. The first candidate has to come first, and to be noted. */
  next(): boolean {
    this.from = this.to
    this.to = Math.min(this.demand.count, this.from + mostRows)
    const parts: Part[] = []
    for (let from = this.from; from < this.to; ) {
      const period = this.measures.periods[this.period] as Period
      const to = Math.min(this.to, period.to)
      parts.push({ ...period, from, to, quiet: this.sortRows(from, to) })
      if (to === period.to) this.period++
      from = to
    }
    this.parts = parts
    return this.from < this.to
  }

  /** Sorts rows as if the first candidate let none of them through. @returns how many are quiet descriptors'. */
  private sortRows(from: number, to: number): number {
    const { descriptor, met } = this.demand
    let quietRows = 0
    for (let row = from; row < to; row++) {
      const who = descriptor[row] as number
      const isQuiet = this.measures.quiet[who] as number
      const sort = sortOf(who, met[row] as number, 0)
      this.sorts[row - this.from] = 2 * sort + isQuiet
      this.asked[sort] = (this.asked[sort] as number) + 1
      quietRows += isQuiet
    }
    return quietRows
  }

  /** It was the first candidate that had its turn. */
  noteFirst(): void {
    const { from, sorts, passed, asked } = this
    for (let index = 0; index < this.passedCount; index++) {
      const at = (passed[index] as number) - from
      const sort = (sorts[at] as number) >>> 1
      asked[sort] = (asked[sort] as number) - 1
      asked[sort + 1] = (asked[sort + 1] as number) + 1
      sorts[at] = (sorts[at] as number) + 2
    }
  }
}
