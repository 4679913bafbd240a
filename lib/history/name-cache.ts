/** Numbers of names that are met over and over, found from their bytes without making a text of them. */
export interface NameCache {
  /** The number that was kept for the bytes in [from, to), or -1. */
  get(bytes: Uint8Array, from: number, to: number): number
  /** Keeps a number from 0 for the bytes in [from, to), which are copied; another name may have to go. */
  set(bytes: Uint8Array, from: number, to: number, number: number): void
}

/** A power of two, above the number of names that a history usually has. */
const slots = 1024

/** Longer names are usually not kept, in bytes. */
export const longestName = 64

/**
 * Makes an empty cache, of bounded size whatever is kept in it.
 * @param longest longer names are not kept, in bytes; at most 255.
 */
export function createNameCache(longest = longestName): NameCache {
  const names = new Uint8Array(slots * longest)
  const lengths = new Uint8Array(slots)
  const numbers = new Int32Array(slots).fill(-1)
  return {
    get(bytes, from, to) {
      const length = to - from
      const slot = slotOf(bytes, from, to)
      if (lengths[slot] !== length) return -1
      const at = slot * longest
      for (let i = 0; i < length; i++) if (names[at + i] !== bytes[from + i]) return -1
      return numbers[slot] as number
    },
    set(bytes, from, to, number) {
      if (to - from > longest) return
      const slot = slotOf(bytes, from, to)
      names.set(bytes.subarray(from, to), slot * longest)
      lengths[slot] = to - from
      numbers[slot] = number
    },
  }
}

/** FNV-1a, folded to a slot. */
function slotOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return (hash ^ (hash >>> 16)) & (slots - 1)
}
