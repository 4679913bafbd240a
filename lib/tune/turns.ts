import type { Demand } from './demand.ts'

/** No row of a demand. */
export const noRow = 0xffff_ffff

/** In which order each descriptor's requests come. Rows are those of a demand, `noRow` where there is none. */
export interface Turns {
  /** For each descriptor, its first row. */
  first: Uint32Array
  /** For each descriptor, its last row. */
  last: Uint32Array
  /** For each row, the next of the same descriptor. In memory that threads can share. */
  next: Uint32Array
}

/** The turns of a demand. */
export function turnsOf({ count, descriptors, descriptor }: Demand): Turns {
  const first = new Uint32Array(descriptors.length).fill(noRow)
  const last = new Uint32Array(descriptors.length).fill(noRow)
  const next = new Uint32Array(new SharedArrayBuffer(4 * count))
  for (let row = count - 1; row >= 0; row--) {
    const who = descriptor[row] as number
    if (last[who] === noRow) last[who] = row
    next[row] = first[who] as number
    first[who] = row
  }
  return { first, last, next }
}
