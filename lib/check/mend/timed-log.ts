import { firstAtLeast } from '../evidence/search.ts'

/** What a sliding log counts, in the order in which it does: at one instant those let through first, and of those alike the one with the lower number. */
export class TimedLog {
  readonly limit: number
  readonly windowUs: number
  /** The requests, and when each is decided. */
  readonly users: Uint32Array
  readonly times: Float64Array
  private readonly outcome: Uint8Array

  constructor(
    limit: number,
    windowUs: number,
    users: readonly number[],
    atUs: Float64Array,
    outcome: Uint8Array,
  ) {
    this.limit = limit
    this.windowUs = windowUs
    this.outcome = outcome
    this.users = Uint32Array.from(users).sort(
      (a, b) => (atUs[a] as number) - (atUs[b] as number) || (outcome[a] as number) - (outcome[b] as number),
    )
    this.times = Float64Array.from(this.users, (i) => atUs[i] as number)
  }

  /** The place of one that is decided at an instant. */
  placeOf(i: number, us: number): number {
    let place = firstAtLeast(this.times, us)
    while (this.users[place] !== i) place++
    return place
  }

  /** Whether it is full at an instant after so many were counted. */
  isFullAt(place: number, us: number): boolean {
    return place >= this.limit && (this.times[place - this.limit] as number) > us - this.windowUs
  }

  /** Moves one from an instant to another. @returns the first and the last place at which another stands now. */
  move(i: number, fromUs: number, toUs: number): [first: number, last: number] {
    const { users, times } = this
    const from = this.placeOf(i, fromUs)
    const last = users.length - 1
    let place = from
    if (toUs > fromUs) {
      for (; place < last && this.comesBefore(place + 1, i, toUs); place++) this.put(place, place + 1)
    } else {
      for (; place > 0 && !this.comesBefore(place - 1, i, toUs); place--) this.put(place, place - 1)
    }
    users[place] = i
    times[place] = toUs
    return from < place ? [from, place] : [place, from]
  }

  /** Whether the one at a place stays before one that is decided at an instant. */
  private comesBefore(place: number, i: number, us: number): boolean {
    const at = this.times[place] as number
    if (at !== us) return at < us
    const other = this.users[place] as number
    const later = (this.outcome[i] as number) - (this.outcome[other] as number)
    return later === 0 ? other < i : later > 0
  }

  private put(place: number, other: number): void {
    this.users[place] = this.users[other] as number
    this.times[place] = this.times[other] as number
  }
}
