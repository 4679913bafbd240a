import type { Counter } from './counter.ts'

/**
 * A counter whose clock stands still between ticks, which lie at multiples of their length since instant 0.
 * So a server decides that reads whole seconds, and so is a bucket refilled that takes in at each tick what
 * has flowed since the one before.
 */
export class OnTicks implements Counter {
  private readonly counter: Counter
  private readonly tickUs: number

  constructor(counter: Counter, tickUs: number) {
    this.counter = counter
    this.tickUs = tickUs
  }

  admits(key: number, atUs: number, cost: number): boolean {
    return this.counter.admits(key, this.lastTickUs(atUs), cost)
  }

  charge(key: number, atUs: number, cost: number): void {
    this.counter.charge(key, this.lastTickUs(atUs), cost)
  }

  closedUntilUs(key: number, atUs: number): number {
    const untilUs = this.counter.closedUntilUs(key, this.lastTickUs(atUs))
    const sinceTickUs = untilUs % this.tickUs
    return Math.max(atUs, sinceTickUs === 0 ? untilUs : untilUs - sinceTickUs + this.tickUs)
  }

  private lastTickUs(atUs: number): number {
    return atUs - (atUs % this.tickUs)
  }
}
