import type { Costs } from '../../history/history.ts'

/** What the first k of some requests cost together. */
export interface Sums {
  before(k: number): number
}

/** Sums of the costs of requests in their order: nothing has to be kept of them where all cost the same. */
export function sumsOf(costs: Costs, order: Uint32Array): Sums {
  const cost = order.length > 0 ? (costs[order[0] as number] as number) : 1
  let alike = Number.isSafeInteger(cost)
  for (let k = 0; k < order.length && alike; k++) alike = costs[order[k] as number] === cost
  return alike ? new SumsOfAlike(cost) : new SumsOfUnlike(costs, order)
}

class SumsOfAlike implements Sums {
  private readonly cost: number

  constructor(cost: number) {
    this.cost = cost
  }

  before(k: number): number {
    return k * this.cost
  }
}

class SumsOfUnlike implements Sums {
  private readonly sums: Float64Array

  constructor(costs: Costs, order: Uint32Array) {
    this.sums = new Float64Array(order.length + 1)
    for (let k = 0; k < order.length; k++) {
      this.sums[k + 1] = (this.sums[k] as number) + (costs[order[k] as number] as number)
    }
  }

  before(k: number): number {
    return this.sums[k] as number
  }
}
