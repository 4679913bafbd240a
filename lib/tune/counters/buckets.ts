import { greatestCommonDivisor } from '../../limiters/exact.ts'
import type { Counter, CounterTerms } from './counter.ts'

/**
 * Token buckets of as many tokens as the limit, with continuous flow, full at first. GCRA decides alike:
 * what is missing of a full bucket is the theoretical arrival time less now, in tokens. The level is kept
 * in parts of a token, so that nothing drifts; exact while the limit times the window in microseconds is
 * below 2^53.
 */
export class Buckets implements Counter {
  /** Parts that flow in a microsecond, and parts of which a token consists. */
  private readonly perUs: number
  private readonly token: number
  private readonly full: number
  private readonly level: Float64Array
  private readonly sinceUs: Float64Array

  constructor({ limit, windowUs, keys }: CounterTerms) {
    const divisor = greatestCommonDivisor(limit, windowUs)
    this.perUs = limit / divisor
    this.token = windowUs / divisor
    this.full = limit * this.token
    this.level = new Float64Array(keys).fill(this.full)
    this.sinceUs = new Float64Array(keys)
  }

  admits(key: number, atUs: number, cost: number): boolean {
    this.fillTo(key, atUs)
    return (this.level[key] as number) >= cost * this.token
  }

  closedUntilUs(key: number, atUs: number): number {
    this.fillTo(key, atUs)
    const missing = this.token - (this.level[key] as number)
    return missing > 0 ? atUs + Math.floor(missing / this.perUs) : atUs
  }

  charge(key: number, atUs: number, cost: number): void {
    this.fillTo(key, atUs)
    this.level[key] = (this.level[key] as number) - cost * this.token
  }

  private fillTo(key: number, atUs: number): void {
    const level = this.level[key] as number
    const passedUs = atUs - (this.sinceUs[key] as number)
    this.sinceUs[key] = atUs
    // What flows in a very long time is rounded, but then above all that can be missing.
    const flowed = passedUs * this.perUs
    this.level[key] = flowed >= this.full - level ? this.full : level + flowed
  }
}
