/** Stands for nothing, the origin of the clock: a bound on an instant is one on its distance from it. */
export const origin = 0

/** In the zone of a search: the instant of the last decision; those that limiters go by follow. */
export const now = 1
export const firstAnchor = 2

/**
 * What is known of a few instants: between any two, how far one may come after the other at most. That is
 * exactly the set of instants that meets such bounds (a zone, as for timed automata); every bound is as
 * tight as the others make it.
 */
export class Zone {
  readonly size: number
  /** `mostUs[i * size + j]`: how far instant i may come after instant j. Small plain arrays are copied fastest. */
  private readonly mostUs: number[]

  /** @param size how many instants, the origin included. Nothing is known of the others yet. */
  constructor(size: number, mostUs?: number[]) {
    this.size = size
    this.mostUs = mostUs ?? Array.from({ length: size * size }, () => Number.POSITIVE_INFINITY)
    if (!mostUs) for (let i = 0; i < size; i++) this.mostUs[i * size + i] = 0
  }

  copy(): Zone {
    return new Zone(this.size, this.mostUs.slice())
  }

  /** How far one instant comes after another, at most. */
  most(one: number, after: number): number {
    return this.mostUs[one * this.size + after] as number
  }

  /** … and at least. */
  least(one: number, after: number): number {
    return -(this.mostUs[after * this.size + one] as number)
  }

  /** Has one instant come no further after another than this. `false` where that leaves nothing: then it is spoilt. */
  limit(one: number, after: number, toUs: number): boolean {
    const { mostUs, size } = this
    const place = one * size + after
    if (toUs >= (mostUs[place] as number)) return true
    if (toUs < -(mostUs[after * size + one] as number)) return false
    mostUs[place] = toUs
    for (let i = 0; i < size; i++) {
      const via = (mostUs[i * size + one] as number) + toUs
      if (via === Number.POSITIVE_INFINITY) continue
      for (let j = 0; j < size; j++) {
        const us = via + (mostUs[after * size + j] as number)
        if (us < (mostUs[i * size + j] as number)) mostUs[i * size + j] = us
      }
    }
    return true
  }

  /** Lets an instant come later than it does, as late as a bound. */
  delay(one: number, boundUs: number): void {
    const { mostUs, size } = this
    for (let j = 0; j < size; j++) {
      if (j !== one) mostUs[one * size + j] = boundUs + (mostUs[origin * size + j] as number)
    }
  }

  /** Forgets all that is known of an instant. */
  forget(one: number): void {
    const { mostUs, size } = this
    for (let j = 0; j < size; j++) {
      if (j === one) continue
      mostUs[one * size + j] = Number.POSITIVE_INFINITY
      mostUs[j * size + one] = Number.POSITIVE_INFINITY
    }
  }

  /** Makes one instant the same as another. */
  equate(one: number, other: number): void {
    const { mostUs, size } = this
    for (let j = 0; j < size; j++) {
      if (j === one) continue
      mostUs[one * size + j] = mostUs[other * size + j] as number
      mostUs[j * size + one] = mostUs[j * size + other] as number
    }
  }

  /** Is all that meets these bounds allowed by those of another zone as well? */
  isWithin(other: Zone): boolean {
    const { mostUs } = this
    for (let k = 0; k < mostUs.length; k++) {
      if ((mostUs[k] as number) > (other.mostUs[k] as number)) return false
    }
    return true
  }
}
