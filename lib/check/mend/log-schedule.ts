import { Outcome } from '../../history/history.ts'
import { Use } from '../evidence/evidence.ts'
import { firstAbove, firstAtLeast } from '../evidence/search.ts'
import type { PlayedRequests } from '../forward/requests.ts'
import { TimedLog } from './timed-log.ts'
import { Violated } from './violated.ts'

/** A sliding log of a component, and which of the component's requests it counts. */
export interface ScheduledLog {
  limit: number
  windowUs: number
  /** For each request, one of `Use`; never `maybe` for one whose outcome is known. */
  use: Uint8Array
}

/**
 * An instant for each request, and which of them cannot have had their answer then. A request can be moved to another
 * instant: what that changes for others, which are those about the same time and one window later, is known
 * at once. At one instant those let through come first, then those refused that are counted, then the others.
 */
export class LogSchedule {
  readonly requests: PlayedRequests
  readonly logs: readonly TimedLog[]
  readonly violated: Violated
  /** When each is decided; NaN for those that are never counted. */
  readonly atUs: Float64Array
  /** What has been looked at so far: a measure of the work, the same on every machine. */
  work = 0
  /** Which logs count a request: a bit for each. */
  private readonly counts: Uint32Array
  /** For each log the refused requests that meet it and that it does not count, ascending by lower bound. */
  private readonly watchers: readonly Uint32Array[]
  private readonly seen: Uint32Array
  private looks = 0

  constructor(requests: PlayedRequests, logs: readonly ScheduledLog[], atUs: Float64Array) {
    this.requests = requests
    const { outcome, meets } = requests
    const n = outcome.length
    this.atUs = atUs
    this.counts = new Uint32Array(n)
    this.seen = new Uint32Array(n)
    const users = logs.map((): number[] => [])
    const watchers = logs.map((): number[] => [])
    for (let i = 0; i < n; i++) {
      if (outcome[i] === Outcome.unknown) continue
      for (const log of meets[i] as readonly number[]) {
        if (logs[log]?.use[i] === Use.surely) {
          this.counts[i] = (this.counts[i] as number) | (1 << log)
          users[log]?.push(i)
        } else watchers[log]?.push(i)
      }
    }
    this.watchers = watchers.map((of) => Uint32Array.from(of))
    this.logs = logs.map(
      ({ limit, windowUs }, k) => new TimedLog(limit, windowUs, users[k] ?? [], atUs, outcome),
    )
    this.violated = new Violated(n)
    for (let i = 0; i < n; i++) this.look(i)
  }

  /** Whether a log counts a request. */
  isCounted(i: number, log: number): boolean {
    return (((this.counts[i] as number) >> log) & 1) === 1
  }

  /** Whether a request is counted by any log: such a one has one instant, and others are looked for one. */
  isUser(i: number): boolean {
    return this.counts[i] !== 0
  }

  /** How many a log has counted before a request, if that is decided at an instant. */
  placeIn(log: number, i: number, us: number): number {
    const of = this.logs[log] as TimedLog
    return this.isCounted(i, log) ? of.placeOf(i, us) : firstAbove(of.times, us)
  }

  /** Whether a log is full for a request that is decided at an instant; for one that it counts, its own. */
  isFull(log: number, i: number, us: number): boolean {
    return (this.logs[log] as TimedLog).isFullAt(this.placeIn(log, i, us), us)
  }

  /** Moves a request that is counted to another instant. */
  move(i: number, toUs: number): void {
    const fromUs = this.atUs[i] as number
    if (fromUs === toUs) return
    this.looks++
    const changed: number[] = []
    const isChanged = (other: number) => {
      if (this.seen[other] === this.looks) return
      this.seen[other] = this.looks
      changed.push(other)
    }
    isChanged(i)
    this.atUs[i] = toUs
    const [firstUs, lastUs] = fromUs < toUs ? [fromUs, toUs] : [toUs, fromUs]
    for (const log of this.requests.meets[i] as readonly number[]) {
      if (!this.isCounted(i, log)) continue
      const of = this.logs[log] as TimedLog
      const [first, last] = of.move(i, fromUs, toUs)
      for (let place = first; place <= last; place++) isChanged(of.users[place] as number)
      const expired = Math.min(last + of.limit, of.users.length - 1)
      for (let place = first + of.limit; place <= expired; place++) isChanged(of.users[place] as number)
      this.forWatchers(log, firstUs, lastUs, isChanged)
      this.forWatchers(log, firstUs + of.windowUs, lastUs + of.windowUs, isChanged)
    }
    this.work += changed.length
    for (const other of changed) this.look(other)
  }

  /** Those that a log does not count and that look at it between two instants, or at none and could. */
  private forWatchers(log: number, fromUs: number, toUs: number, tell: (i: number) => void): void {
    const { loUs, hiUs, longestUs } = this.requests
    const of = this.watchers[log] as Uint32Array
    for (let k = this.firstWatcher(of, fromUs - longestUs); k < of.length; k++) {
      const i = of[k] as number
      if ((loUs[i] as number) > toUs) break
      const us = this.atUs[i] as number
      if (
        this.violated.has(i) && !this.isUser(i) ? (hiUs[i] as number) >= fromUs : us >= fromUs && us <= toUs
      )
        tell(i)
    }
  }

  private firstWatcher(of: Uint32Array, us: number): number {
    // Requests ascend by lower bound, and so do these.
    return firstAtLeast(of, firstAtLeast(this.requests.loUs, us))
  }

  /** Those that are decided, in their order. */
  order(): number[] {
    const { atUs } = this
    const { outcome } = this.requests
    const rank = (i: number) => (outcome[i] === Outcome.accepted ? 0 : this.isUser(i) ? 1 : 2)
    return Array.from(atUs.keys())
      .filter((i) => !Number.isNaN(atUs[i] as number))
      .sort((a, b) => (atUs[a] as number) - (atUs[b] as number) || rank(a) - rank(b))
  }

  private look(i: number): void {
    const { outcome, meets } = this.requests
    if (outcome[i] === Outcome.unknown) return
    if (outcome[i] === Outcome.accepted) {
      const us = this.atUs[i] as number
      let full = false
      for (const log of meets[i] as readonly number[]) full ||= this.isFull(log, i, us)
      this.violated.set(i, full)
      return
    }
    if (this.isRefusedAt(i, this.atUs[i] as number)) this.violated.set(i, false)
    else if (this.isUser(i)) this.violated.set(i, true)
    else {
      const us = this.instants(i).find((at) => this.isRefusedAt(i, at))
      if (us !== undefined) this.atUs[i] = us
      this.violated.set(i, us === undefined)
    }
  }

  /** Whether a refused request can be refused as it was at an instant. */
  isRefusedAt(i: number, us: number): boolean {
    const { meets, blamed } = this.requests
    const named = blamed[i] as number
    const met = meets[i] as readonly number[]
    if (named < 0) return met.some((log) => this.isFull(log, i, us))
    if (!this.isFull(named, i, us)) return false
    for (const log of met) {
      if (log === named) return true
      if (this.isFull(log, i, us)) return false
    }
    return true
  }

  /** Instants of a request's time at which a log may have just become full, or have got room. */
  instants(i: number): number[] {
    const { loUs, hiUs, meets, blamed } = this.requests
    const [lo, hi] = [loUs[i] as number, hiUs[i] as number]
    const named = blamed[i] as number
    const found = [lo]
    for (const log of meets[i] as readonly number[]) {
      const { times, windowUs } = this.logs[log] as TimedLog
      const isBefore = named >= 0 && log !== named
      const aheadUs = isBefore ? windowUs : 0
      for (let k = firstAbove(times, lo - aheadUs); k < times.length; k++) {
        const us = (times[k] as number) + aheadUs
        if (us > hi) break
        found.push(us)
      }
      if (log === named) break
    }
    this.work += found.length
    return found
  }
}
