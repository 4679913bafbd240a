import type { Part } from './part.ts'
import { type Range, readRange } from './read-range.ts'

/** Ranges of a file that several threads read, each the next that none has begun. */
export interface SharedRanges {
  ranges: readonly Range[]
  /** In memory that the threads share: how many were begun, or more once there are none left. */
  begun: Int32Array
}

/** What was read from a range, and which one that was. */
export type NumberedPart = readonly [index: number, part: Part]

export function sharedRanges(ranges: readonly Range[]): SharedRanges {
  return { ranges, begun: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) }
}

/** Reads ranges until all have been begun, by whomever. */
export function readShared({ ranges, begun }: SharedRanges): NumberedPart[] {
  const read: NumberedPart[] = []
  for (;;) {
    const index = Atomics.add(begun, 0, 1)
    const range = ranges[index]
    if (!range) return read
    read.push([index, readRange(range)])
  }
}
