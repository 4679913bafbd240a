import { firstAtLeastOf } from './search.ts'

/** Instants in ascending order, without a copy of them. */
export class Ends {
  /** Indices into the instants, so that these ascend. */
  readonly order: Uint32Array
  private readonly us: Float64Array

  constructor(us: Float64Array, order: Uint32Array) {
    this.us = us
    this.order = order
  }

  at(place: number): number {
    return this.us[this.order[place] as number] as number
  }

  /** The place of the first instant after one. */
  firstAbove(us: number): number {
    let low = 0
    let high = this.order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.at(middle) > us) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The place of the first instant that is not before one. */
  firstAtLeast(us: number): number {
    return firstAtLeastOf(this.us, this.order, us)
  }
}
