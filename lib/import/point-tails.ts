import { type Pattern, patternOf, standsAt } from './same-bytes.ts'

/** The end of a line of k6, from `,"tags":` on, line break included: JSON, as far as it goes. */
export interface PointTail<Meaning> extends Pattern {
  text: string
  /** What the tags mean, once somebody has asked for it. */
  meaning: Meaning | undefined
  /** Where the tail is kept that followed last, if that was another. A link to it would keep all of them. */
  nextSlot: number
}

/** Ends of lines that were read as JSON before, so that the same bytes need not be read again. */
export interface PointTails<Meaning> {
  /** The tail that will probably follow this one, since it did so last time. */
  after(tail: PointTail<Meaning>): PointTail<Meaning> | undefined
  /** The tail in [from, to), which follows `previous`; or undefined where it is none. */
  at(
    bytes: Uint8Array,
    view: DataView,
    from: number,
    to: number,
    previous: PointTail<Meaning> | undefined,
  ): PointTail<Meaning> | undefined
}

/** A power of two, above the number of different tags that are in use at a time. */
const slots = 4096

/** Longer tails are read each time. */
const longestTail = 4096

/** Makes an empty memory, of bounded size. */
export function createPointTails<Meaning>(): PointTails<Meaning> {
  const kept: (PointTail<Meaning> | undefined)[] = new Array(slots).fill(undefined)
  return {
    after: ({ nextSlot }) => kept[nextSlot],
    at(bytes, view, from, to, previous) {
      const slot = slotOf(view, from, to)
      if (previous) previous.nextSlot = slot
      const known = kept[slot]
      if (known && known.bytes.length === to - from && standsAt(bytes, view, from, to, known)) return known
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()
      if (!isTail(text)) return undefined
      const tail = { ...patternOf(bytes.subarray(from, to)), text, meaning: undefined, nextSlot: -1 }
      if (to - from <= longestTail) kept[slot] = tail
      return tail
    },
  }
}

/** Would this, after `{"metric":…,"data":{"value":0`, make a line of JSON? */
function isTail(text: string): boolean {
  if (!text.startsWith(',"tags":{') || !text.endsWith('}}}\n')) return false
  try {
    tailFields(text)
    return true
  } catch {
    return false
  }
}

/** The fields of `data` that stand in a tail. */
export function tailFields(text: string): { tags: Record<string, unknown> } {
  return JSON.parse(`{"value":0${text.slice(0, -2)}`)
}

/** FNV-1a over words of four bytes: tails often differ in a single letter, which no sample may miss. */
function slotOf(view: DataView, from: number, to: number): number {
  let hash = to - from
  for (let at = from; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193)
    hash ^= hash >>> 15
  }
  return (hash ^ (hash >>> 13)) & (slots - 1)
}
