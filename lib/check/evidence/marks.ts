/** Places of a row that are marked, a bit each: how many there are before a place is told at once. */
export class Marks {
  /** How many places are marked. */
  readonly size: number
  private readonly bits: Uint32Array
  /** How many are marked before each word of bits. */
  private readonly before: Uint32Array

  /**
   * Marks the places at which one of two codes stands.
   * @param order where it is given, the code of place k is that of item `order[k]`.
   */
  constructor(codes: Uint8Array, one: number, orOther = one, order?: Uint32Array) {
    const words = (codes.length >>> 5) + 1
    this.bits = new Uint32Array(words)
    this.before = new Uint32Array(words)
    let size = 0
    for (let word = 0; word < words; word++) {
      this.before[word] = size
      const to = Math.min(codes.length, (word + 1) << 5)
      let bits = 0
      for (let k = word << 5; k < to; k++) {
        const code = codes[order ? (order[k] as number) : k]
        if (code !== one && code !== orOther) continue
        bits |= 1 << (k & 31)
        size++
      }
      this.bits[word] = bits
    }
    this.size = size
  }

  /** How many of the first k places are marked. */
  countBefore(k: number): number {
    const word = k >>> 5
    const below = (this.bits[word] as number) & ~(-1 << (k & 31))
    return (this.before[word] as number) + bitsIn(below)
  }

  has(k: number): boolean {
    return (((this.bits[k >>> 5] as number) >>> (k & 31)) & 1) === 1
  }

  /** The first marked place from k on; -1 where there is none. */
  next(k: number): number {
    let word = k >>> 5
    let bits = (this.bits[word] as number) & (-1 << (k & 31))
    while (bits === 0 && ++word < this.bits.length) bits = this.bits[word] as number
    return bits === 0 ? -1 : (word << 5) + 31 - Math.clz32(bits & -bits)
  }
}

/** How many bits of a word are set (H. S. Warren, Hacker's Delight, 2002, section 5-1). */
function bitsIn(word: number): number {
  let sums = word - ((word >>> 1) & 0x55555555)
  sums = (sums & 0x33333333) + ((sums >>> 2) & 0x33333333)
  sums = (sums + (sums >>> 4)) & 0x0f0f0f0f
  return Math.imul(sums, 0x01010101) >>> 24
}
