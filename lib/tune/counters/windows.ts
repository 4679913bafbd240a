import type { Counter, CounterTerms } from './counter.ts'

/**
 * Where a window begins that a request opens: `clock`, at a multiple of its length since instant 0;
 * `request`, then.
 */
type Begins = 'clock' | 'request'

/** Windows that hold as many units as the limit, and begin as they are told to. */
export class Windows implements Counter {
  private readonly limit: number
  private readonly windowUs: number
  private readonly onClock: boolean
  private readonly endUs: Float64Array
  private readonly counts: Float64Array

  constructor({ limit, windowUs, keys }: CounterTerms, begins: Begins) {
    this.limit = limit
    this.windowUs = windowUs
    this.onClock = begins === 'clock'
    this.endUs = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
    this.counts = new Float64Array(keys)
  }

  admits(key: number, atUs: number, cost: number): boolean {
    return (atUs < (this.endUs[key] as number) ? (this.counts[key] as number) : 0) + cost <= this.limit
  }

  closedUntilUs(key: number, atUs: number): number {
    const endUs = this.endUs[key] as number
    return atUs < endUs && (this.counts[key] as number) >= this.limit ? endUs : atUs
  }

  charge(key: number, atUs: number, cost: number): void {
    if (atUs < (this.endUs[key] as number)) {
      this.counts[key] = (this.counts[key] as number) + cost
      return
    }
    const startUs = this.onClock ? atUs - (atUs % this.windowUs) : atUs
    this.endUs[key] = startUs + this.windowUs
    this.counts[key] = cost
  }
}
