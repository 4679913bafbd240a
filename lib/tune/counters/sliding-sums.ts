/**
 * For each key, what was added within the last `spanUs`: an entry exactly that old no longer counts.
 * Instants never go backwards. Nothing was added yet.
 */
export class SlidingSums {
  private readonly spanUs: number
  private readonly rings: (Ring | undefined)[]

  constructor(spanUs: number, keys: number) {
    this.spanUs = spanUs
    this.rings = new Array(keys).fill(undefined)
  }

  /** The sum as of an instant. Forgets what is too old. */
  sum(key: number, atUs: number): number {
    const ring = this.rings[key]
    if (ring === undefined) return 0
    const edgeUs = atUs - this.spanUs
    while (ring.length > 0 && (ring.atUs[ring.first] as number) <= edgeUs) dropFirst(ring)
    return ring.sum
  }

  /** When the sum will next become less by itself; `atUs` where there is nothing in it. */
  nextDropUs(key: number, atUs: number): number {
    const ring = this.rings[key]
    return ring === undefined || ring.length === 0 ? atUs : (ring.atUs[ring.first] as number) + this.spanUs
  }

  add(key: number, atUs: number, amount: number): void {
    let ring = this.rings[key]
    if (ring === undefined) {
      ring = emptyRing(16)
      this.rings[key] = ring
    } else if (ring.length === ring.atUs.length) {
      ring = grown(ring)
      this.rings[key] = ring
    }
    const last = (ring.first + ring.length) & (ring.atUs.length - 1)
    ring.atUs[last] = atUs
    ring.amounts[last] = amount
    ring.length++
    ring.sum += amount
  }

  /** Forgets the oldest for as long as the others add up to more than this. */
  forgetBeyond(key: number, most: number): void {
    const ring = this.rings[key]
    if (ring === undefined) return
    while (ring.length > 0 && ring.sum - (ring.amounts[ring.first] as number) > most) dropFirst(ring)
  }
}

/** Entries in a circle, whose size is a power of two. */
interface Ring {
  atUs: Float64Array
  amounts: Float64Array
  first: number
  length: number
  sum: number
}

function emptyRing(size: number): Ring {
  return { atUs: new Float64Array(size), amounts: new Float64Array(size), first: 0, length: 0, sum: 0 }
}

function dropFirst(ring: Ring): void {
  ring.sum -= ring.amounts[ring.first] as number
  ring.first = (ring.first + 1) & (ring.atUs.length - 1)
  ring.length--
}

function grown(ring: Ring): Ring {
  const wider = emptyRing(ring.atUs.length * 2)
  for (let index = 0; index < ring.length; index++) {
    const from = (ring.first + index) & (ring.atUs.length - 1)
    wider.atUs[index] = ring.atUs[from] as number
    wider.amounts[index] = ring.amounts[from] as number
  }
  wider.length = ring.length
  wider.sum = ring.sum
  return wider
}
