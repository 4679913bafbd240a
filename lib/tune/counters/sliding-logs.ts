import type { Counter, CounterTerms } from './counter.ts'
import { SlidingSums } from './sliding-sums.ts'

/**
 * Sliding logs: a request is let through iff what was counted in the last window plus its cost is not
 * above the limit. Of refused requests that are counted only the newest are kept that together exceed
 * the limit: older ones change no decision.
 */
export class SlidingLogs implements Counter {
  private readonly limit: number
  private readonly counted: SlidingSums

  constructor({ limit, windowUs, keys }: CounterTerms) {
    this.limit = limit
    this.counted = new SlidingSums(windowUs, keys)
  }

  admits(key: number, atUs: number, cost: number): boolean {
    return this.counted.sum(key, atUs) + cost <= this.limit
  }

  closedUntilUs(key: number, atUs: number): number {
    return this.counted.sum(key, atUs) >= this.limit ? this.counted.nextDropUs(key, atUs) : atUs
  }

  charge(key: number, atUs: number, cost: number): void {
    this.counted.add(key, atUs, cost)
    this.counted.forgetBeyond(key, this.limit)
  }
}
