import type { Limiter, User } from './settle.ts'

/** So many users before a refusal are tried as the first of a busy time, beside as many as fill the bucket … */
const mostBeginnings = 512

/** … and so many on both sides of the one with which its busy time began. */
const nearby = 64

/** At so many instants a refusal is tried. */
const mostInstants = 64

/** A refusal at an instant, after so many users, and how much later its busy time has to begin for it. */
interface Refused {
  us: number
  last: number
  delayUs: number
}

/** A user, and all after it that come before, can be moved to an instant: so a busy time begins no earlier than then. */
interface Delay {
  place: number
  toUs: number
}

/**
 * When a bucket began to be used before each of some refusals. From then on it is never full, and what it holds
 * follows from that instant and what was used since: the later it is, the less has been refilled.
 */
export class BusyTimes {
  private readonly limiter: Limiter
  private readonly users: readonly User[]
  /** Units that the first 0, 1, 2, … of the users use. */
  private readonly units: Float64Array
  /** For each user, with whom the busy time began that it is in. */
  private readonly began: Uint32Array

  /** @param users in the order of their instants, which may be moved afterwards, by `delay` alone. */
  constructor(limiter: Limiter, users: readonly User[]) {
    const { limit, windowUs } = limiter.hypothesis
    this.limiter = limiter
    this.users = users
    this.units = new Float64Array(users.length + 1)
    this.began = new Uint32Array(users.length)
    let latest = Number.NEGATIVE_INFINITY
    let first = 0
    for (let k = 0; k < users.length; k++) {
      const { atUs, cost } = users[k] as User
      const units = this.units[k] as number
      this.units[k + 1] = units + cost
      // With a bucket that is full then, more has been used since than with one that was full at any user before.
      const fullUs = atUs - (units * windowUs) / limit
      if (fullUs >= latest) {
        latest = fullUs
        first = k
      }
      this.began[k] = first
    }
  }

  /**
   * Moves the beginning of a busy time, as many users as it takes, to the latest instant that is needed for a
   * refusal to find too little, somewhere in [fromUs, toUs]: at its beginning, or as soon as one of the users there
   * has used some, wherever that takes the least.
   * @returns when it finds too little then; `undefined` where nobody can be moved so far.
   */
  delay(fromUs: number, toUs: number, cost: number, atUs: Float64Array): number | undefined {
    const { users } = this
    const last = users.findLastIndex((user) => user.atUs <= fromUs)
    const refusals = last < 0 ? [] : [this.refusedAt(fromUs, last, cost)]
    for (let k = last + 1; k < users.length && (users[k] as User).atUs <= toUs; k++) {
      if (refusals.length === mostInstants) break
      refusals.push(this.refusedAt((users[k] as User).atUs, k, cost))
    }
    for (const refused of refusals.sort((a, b) => a.delayUs - b.delayUs)) {
      const found = this.delayFor(refused, cost)
      if (!found) continue
      for (let k = found.place; k <= refused.last && (users[k] as User).atUs < found.toUs; k++) {
        const user = users[k] as User
        user.atUs = found.toUs
        atUs[user.row] = found.toUs
      }
      return refused.us
    }
    return undefined
  }

  private refusedAt(us: number, last: number, cost: number): Refused {
    const began = this.began[last] as number
    return {
      us,
      last,
      delayUs: this.beginningFor({ us, last }, began, cost) - (this.users[began] as User).atUs,
    }
  }

  private delayFor(refused: Refused, cost: number): Delay | undefined {
    const { last } = refused
    const began = this.began[last] as number
    const { limit } = this.limiter.hypothesis
    return (
      this.least(refused, Math.min(last, began + nearby), Math.max(0, began - nearby), cost) ??
      this.least(refused, last, Math.max(0, last - mostBeginnings - limit + 1), cost)
    )
  }

  /** When a user has to be decided at the earliest for a refusal to find too little, were the bucket full then. */
  private beginningFor({ us, last }: Pick<Refused, 'us' | 'last'>, place: number, cost: number): number {
    const { limit, windowUs } = this.limiter.hypothesis
    const units = (this.units[last + 1] as number) - (this.units[place] as number) + cost - limit
    const flowingUs = lastRefillUs(this.limiter, us) - (units * windowUs) / limit
    return nextRefillUs(this.limiter, Math.floor(flowingUs) + 1)
  }

  /** The least delay that one of some users allows, from a place down to another. */
  private least(refused: Refused, from: number, downTo: number, cost: number): Delay | undefined {
    let best: Delay | undefined
    let leastUs = Number.POSITIVE_INFINITY
    for (let k = from; k >= downTo; k--) {
      const toUs = this.beginningFor(refused, k, cost)
      const delayUs = toUs - (this.users[k] as User).atUs
      if (toUs > refused.us || delayUs >= leastUs || !this.canMove(k, refused.last, toUs)) continue
      best = { place: k, toUs }
      leastUs = delayUs
    }
    return best
  }

  /** Can a user, and all up to another that come before, be decided as late as that? */
  private canMove(place: number, last: number, toUs: number): boolean {
    for (let k = place; k <= last && (this.users[k] as User).atUs < toUs; k++) {
      if ((this.users[k] as User).hiUs < toUs) return false
    }
    return true
  }
}

/** Up to when what has flowed is in the bucket. */
function lastRefillUs({ hypothesis: { refillTickUs }, startUs = 0 }: Limiter, us: number): number {
  return refillTickUs === undefined ? us : startUs + Math.floor((us - startUs) / refillTickUs) * refillTickUs
}

function nextRefillUs({ hypothesis: { refillTickUs }, startUs = 0 }: Limiter, us: number): number {
  return refillTickUs === undefined ? us : startUs + Math.ceil((us - startUs) / refillTickUs) * refillTickUs
}
