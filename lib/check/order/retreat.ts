import type { Line } from './line.ts'

/** So many lines are gone on with, where none were stuck lately. */
const narrow = 16

/** How many decisions are taken back at first where all lines are stuck, and how many more every further time. */
const firstBack = 64
const backGrowth = 4

/** So many decisions after the place where they were stuck, few lines are enough again. */
const margin = 64

/** Lines are kept to come back to every so many decisions. */
const keptEvery = 16

/** Lines after so many decisions. */
export interface Reached {
  decisions: number
  lines: readonly Line[]
  /** Whether others were left out on the way there. */
  dropped: boolean
}

/**
 * Where to go on when all lines of a search are stuck, and with how many. What they are stuck for was mostly
 * decided a little before, so a little is taken back and more lines are looked at from there, until the place
 * is passed; where that does not help, ever more is taken back, in the end all of it, and ever more lines are
 * looked at. So a search has as many lines as the hardest places take only at those places.
 */
export class Retreat {
  /** How many lines to go on with. */
  width = narrow
  private readonly kept: Reached[] = []
  private furthest = 0
  private times = 0

  /** Tells what is reached, before it is gone on from. */
  reached(at: Reached): void {
    const { decisions } = at
    if (decisions % keptEvery === 0) this.kept.push(at)
    if (decisions <= this.furthest + margin) return
    this.width = narrow
    this.times = 0
  }

  /** Where to take it up again after all lines were stuck at a place. */
  from(decisions: number): Reached {
    this.furthest = Math.max(this.furthest, decisions)
    const back = firstBack * backGrowth ** this.times
    this.times++
    this.width = narrow * 2 ** this.times
    while (this.kept.length > 1 && (this.kept.at(-1) as Reached).decisions > this.furthest - back)
      this.kept.pop()
    return this.kept.pop() as Reached
  }
}
