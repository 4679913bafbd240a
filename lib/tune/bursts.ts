import { SlidingSums } from './counters/index.ts'

/** The most that was added for one key within any stretch of some lengths. Instants never go backwards. */
export interface Bursts {
  add(key: number, atUs: number, units: number): void
  /**
   * The most for each length, of the stretches that ended with something that was added since the last
   * time this was asked. A stretch that began before that is whole.
   */
  take(): number[]
}

/**
 * Nothing was added yet. An entry exactly as old as a stretch is long is no longer in it.
 * @param alwaysOne every entry is of one unit, which is quicker.
 */
export function createBursts(spansUs: readonly number[], keys: number, alwaysOne: boolean): Bursts {
  return alwaysOne ? new BurstsOfOnes(spansUs, keys) : new BurstsOfUnits(spansUs, keys)
}

class BurstsOfUnits implements Bursts {
  private readonly sums: readonly SlidingSums[]
  private readonly worst: Float64Array

  constructor(spansUs: readonly number[], keys: number) {
    this.sums = spansUs.map((spanUs) => new SlidingSums(spanUs, keys))
    this.worst = new Float64Array(spansUs.length)
  }

  add(key: number, atUs: number, units: number): void {
    for (let index = 0; index < this.sums.length; index++) {
      const sum = this.sums[index] as SlidingSums
      this.worst[index] = Math.max(this.worst[index] as number, sum.sum(key, atUs) + units)
      sum.add(key, atUs, units)
    }
  }

  take(): number[] {
    return taken(this.worst)
  }
}

/** How many instants a key remembers at first. */
const fewest = 8

/**
 * More than w entries lie within a span iff the entry w before the newest does. So the worst so far needs
 * one look back for each span, and all spans share one list of instants.
 */
class BurstsOfOnes implements Bursts {
  private readonly spansUs: Float64Array
  private readonly longestUs: number
  private readonly worst: Float64Array
  /**
   * The newest instants of each key in a circle, whose size is a power of two. What is no longer in it is too
   * old for every span.
   */
  private readonly rings: (Float64Array | undefined)[]
  private readonly counts: Float64Array

  constructor(spansUs: readonly number[], keys: number) {
    this.spansUs = Float64Array.from(spansUs)
    this.longestUs = Math.max(...spansUs)
    this.worst = new Float64Array(spansUs.length)
    this.rings = new Array(keys).fill(undefined)
    this.counts = new Float64Array(keys)
  }

  add(key: number, atUs: number): void {
    const { spansUs, worst } = this
    const count = this.counts[key] as number
    const ring = this.ringFor(key, count, atUs)
    const size = ring.length
    const mask = size - 1
    ring[count & mask] = atUs
    this.counts[key] = count + 1
    for (let index = 0; index < spansUs.length; index++) {
      const edgeUs = atUs - (spansUs[index] as number)
      let before = worst[index] as number
      // Where nothing was yet, an instant is infinitely old.
      if (before >= size || (ring[(count - before) & mask] as number) <= edgeUs) continue
      do before++
      while (before < size && (ring[(count - before) & mask] as number) > edgeUs)
      worst[index] = before
    }
  }

  take(): number[] {
    return taken(this.worst)
  }

  /** A circle in which so many instants were, with room for one more. */
  private ringFor(key: number, count: number, atUs: number): Float64Array {
    const ring = this.rings[key]
    if (ring !== undefined && (ring[count & (ring.length - 1)] as number) <= atUs - this.longestUs)
      return ring
    const wider = ring === undefined ? emptyRing(fewest) : grown(ring, count)
    this.rings[key] = wider
    return wider
  }
}

function taken(worst: Float64Array): number[] {
  const all = [...worst]
  worst.fill(0)
  return all
}

function emptyRing(size: number): Float64Array {
  return new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
}

function grown(ring: Float64Array, count: number): Float64Array {
  const wider = emptyRing(ring.length * 2)
  for (let entry = Math.max(0, count - ring.length); entry < count; entry++) {
    wider[entry & (wider.length - 1)] = ring[entry & (ring.length - 1)] as number
  }
  return wider
}
