import type { Done } from './first-hit-repairs.ts'
import { type Limiter, type Timed, type User, usersOf } from './settle.ts'

/** Users in the order in which they are now decided, by their places. */
export interface UsersByPlace {
  readonly length: number
  at(place: number): User | undefined
}

/**
 * Users in the order in which they are now decided, made from it when they are asked for: there may be millions.
 * Each time others are made, so one that is moved has to be put in order again before it is asked for.
 */
export class UserLine implements UsersByPlace {
  private readonly limiter: Limiter
  private readonly uses: Timed
  private readonly atUs: Float64Array

  /**
   * @param uses are put in order in place where that is asked for.
   * @param atUs when each row is decided.
   */
  constructor(limiter: Limiter, uses: Timed, atUs: Float64Array) {
    this.limiter = limiter
    this.uses = uses
    this.atUs = atUs
  }

  get length(): number {
    return this.uses.times.length
  }

  at(place: number): User | undefined {
    return place < this.length ? this.within(place, place + 1)[0] : undefined
  }

  /** Those from one place to another. */
  within(from: number, to: number): User[] {
    return usersOf(this.limiter, this.uses.order, this.uses.times, from, to)
  }

  /** They as a window that has been put right. */
  window(from: number, to: number): Done {
    const inside = () => this.within(from, to)
    return {
      from,
      startUs: this.uses.times[from] as number,
      get inside() {
        return inside()
      },
    }
  }

  /** Puts those from one place to another, the only ones that were moved, in order again: admitted ones first. */
  sortWithin(from: number, to: number): void {
    const { order, times } = this.uses
    const users = this.within(from, to).map((user) => ({ ...user, atUs: this.atUs[user.row] as number }))
    users.sort((a, b) => a.atUs - b.atUs || Number(b.admitted) - Number(a.admitted))
    for (const [k, { i, atUs }] of users.entries()) {
      order[from + k] = i
      times[from + k] = atUs
    }
  }
}
