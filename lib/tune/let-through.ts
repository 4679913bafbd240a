import { type Bursts, createBursts } from './bursts.ts'
import type { Stretch } from './measures.ts'
import type { Surroundings } from './tally.ts'

/** The most that was let through in stretches of several scopes. */
export class LetThrough {
  private readonly stretches: readonly Stretch[]
  private readonly scopes: readonly (string | undefined)[]
  /** For each of the scopes, which of its values each descriptor has. */
  private readonly keysOf: readonly Int32Array[]
  private readonly bursts: readonly Bursts[]

  constructor({ keys, alwaysOne }: Surroundings, stretches: readonly Stretch[]) {
    this.stretches = stretches
    this.scopes = [...new Set(stretches.map(({ scope }) => scope))]
    this.keysOf = this.scopes.map((scope) => keys(scope).keyOf)
    this.bursts = this.scopes.map((scope) => {
      const spansUs = stretches
        .filter((stretch) => stretch.scope === scope)
        .map(({ spanMs }) => Math.round(spanMs * 1000))
      return createBursts(spansUs, keys(scope).values.length, alwaysOne)
    })
  }

  add(who: number, atUs: number, units: number): void {
    for (let index = 0; index < this.bursts.length; index++) {
      const key = (this.keysOf[index] as Int32Array)[who] as number
      if (key >= 0) (this.bursts[index] as Bursts).add(key, atUs, units)
    }
  }

  /** In the order of the stretches. */
  take(): number[] {
    const taken = this.bursts.map((bursts) => bursts.take())
    return this.stretches.map(({ scope }) => taken[this.scopes.indexOf(scope)]?.shift() as number)
  }
}
