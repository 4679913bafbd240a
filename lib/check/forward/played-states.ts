import { isBucket } from '../../spec/bucket.ts'
import type { PlayedLimiter, PlayedRequests } from './requests.ts'

/** What the limiters of a play have counted, and from when on each has room. */
export class PlayedStates {
  limiters: readonly PlayedLimiter[]
  private states: unknown[]
  private readonly opensUs: Float64Array
  private readonly unitCost: number | undefined

  /** @param nowUs before anything is counted. */
  constructor({ cost }: PlayedRequests, limiters: readonly PlayedLimiter[], nowUs: number) {
    this.limiters = limiters
    this.states = []
    this.unitCost = cost.every((c) => c === cost[0]) ? (cost[0] ?? 1) : undefined
    this.opensUs = new Float64Array(limiters.length)
    this.set(
      limiters,
      limiters.map(({ model }) => model.init()),
      nowUs,
    )
  }

  /** The state of one limiter as it is now. */
  of(limiter: number): unknown {
    return this.states[limiter]
  }

  copy(): unknown[] {
    return this.states.slice()
  }

  /** Puts limiters in states in which they were at an instant. */
  set(limiters: readonly PlayedLimiter[], states: readonly unknown[], nowUs: number): void {
    this.limiters = limiters
    this.states = states.slice()
    if (this.unitCost === undefined) return
    for (const [k, { model }] of limiters.entries()) {
      this.opensUs[k] = model.admitsFromUs(this.states[k], nowUs, this.unitCost)
    }
  }

  /** From when on a limiter has room for a request, if nothing more is counted. */
  opens(limiter: number, cost: number, nowUs: number): number {
    if (cost === this.unitCost) return this.opensUs[limiter] as number
    return (this.limiters[limiter] as PlayedLimiter).model.admitsFromUs(this.states[limiter], nowUs, cost)
  }

  /** Has a limiter count a request. @returns whether it was a bucket, and full of tokens. */
  count(limiter: number, cost: number, nowUs: number): boolean {
    const { model, hypothesis } = this.limiters[limiter] as PlayedLimiter
    const state = this.states[limiter]
    const wasIdle = this.isBucket(limiter) && model.admits(state, nowUs, hypothesis.limit)
    const after = model.charge(state, nowUs, cost)
    this.states[limiter] = after
    if (this.unitCost !== undefined) this.opensUs[limiter] = model.admitsFromUs(after, nowUs, this.unitCost)
    return wasIdle
  }

  isBucket(limiter: number): boolean {
    return isBucket((this.limiters[limiter] as PlayedLimiter).hypothesis.algorithm)
  }

  /** By how many units the room of a limiter at an instant exceeds a cost. */
  unitsToSpare(limiter: number, us: number, cost: number): number {
    const { model, hypothesis } = this.limiters[limiter] as PlayedLimiter
    let [low, high] = [0, hypothesis.limit + 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (model.admits(this.states[limiter], us, cost + middle)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** For how long a limiter has had room at an instant, or would have had, had it filled at a steady rate. */
  openSinceUs(limiter: number, us: number, cost: number): number {
    const { model, hypothesis } = this.limiters[limiter] as PlayedLimiter
    const { algorithm, windowUs, limit } = hypothesis
    if (algorithm === 'fixed-window' || algorithm === 'first-hit-window') {
      return (this.unitsToSpare(limiter, us, cost) * windowUs) / limit
    }
    return us - model.admitsFromUs(this.states[limiter], us - windowUs, cost)
  }
}
