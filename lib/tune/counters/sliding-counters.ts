import type { Counter, CounterTerms } from './counter.ts'

/**
 * Sliding counters, rounded down: at e after its window's start a request is let through iff
 * `floor(previous · (windowUs - e) / windowUs) + current + cost <= limit`. Windows begin at multiples of
 * their length since instant 0. Exact while a limit times its window in microseconds is below 2^53.
 */
export class SlidingCounters implements Counter {
  private readonly limit: number
  private readonly windowUs: number
  private readonly startUs: Float64Array
  private readonly current: Float64Array
  private readonly previous: Float64Array

  constructor({ limit, windowUs, keys }: CounterTerms) {
    this.limit = limit
    this.windowUs = windowUs
    this.startUs = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
    this.current = new Float64Array(keys)
    this.previous = new Float64Array(keys)
  }

  admits(key: number, atUs: number, cost: number): boolean {
    this.moveTo(key, atUs)
    const room = this.limit - (this.current[key] as number) - cost
    if (room < 0) return false
    // floor(p·r/W) <= room  iff  p·r < (room + 1)·W, with r what is left of the window.
    const leftUs = (this.startUs[key] as number) + this.windowUs - atUs
    return (this.previous[key] as number) * leftUs < (room + 1) * this.windowUs
  }

  closedUntilUs(key: number, atUs: number): number {
    this.moveTo(key, atUs)
    const room = this.limit - (this.current[key] as number)
    const endUs = (this.startUs[key] as number) + this.windowUs
    if (room < 1) return endUs
    // A cost of 1 is refused while p·r >= room·W, with r what is left; a microsecond less, for rounding.
    const leftUs = (room * this.windowUs) / (this.previous[key] as number)
    return Math.max(atUs, Math.floor(endUs - leftUs) - 1)
  }

  charge(key: number, atUs: number, cost: number): void {
    this.moveTo(key, atUs)
    this.current[key] = (this.current[key] as number) + cost
  }

  private moveTo(key: number, atUs: number): void {
    const before = this.startUs[key] as number
    if (atUs < before + this.windowUs) return
    const start = atUs - (atUs % this.windowUs)
    this.previous[key] = start === before + this.windowUs ? (this.current[key] as number) : 0
    this.current[key] = 0
    this.startUs[key] = start
  }
}
