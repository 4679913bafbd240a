// Past the index of the folder: a thread would load all the libraries of specs for this alone.
import { longestLine } from '../history/lines.ts'

/** Reads what another tool has recorded, line by line. */
export interface RecordingReader {
  /** Takes whole lines: the last byte before `to` is a line break. The bytes are not kept. */
  take(bytes: Uint8Array, from: number, to: number): void
  /** Takes what stands after the last line break: a line, or what is left of one. */
  takeRest(text: string): void
  /** @param last nothing of the file follows. */
  finish(last: boolean): void
}

const lineBreak = 0x0a

/** Takes bytes in pieces of any size, and gives a reader whole lines. */
export interface LineFeeder {
  /** The bytes may be used for something else afterwards. */
  push(bytes: Uint8Array): void
  finish(last: boolean): void
}

/**
 * Feeds a reader. Of a line that is longer than a line can be, only the beginning is handed on, so that
 * a file without line breaks cannot fill the memory.
 */
export function createLineFeeder(reader: RecordingReader): LineFeeder {
  let begun: Uint8Array[] = []
  let length = 0

  function keep(bytes: Uint8Array): void {
    const kept = new Uint8Array(bytes.subarray(0, Math.max(0, longestLine - length)))
    if (kept.length > 0) begun.push(kept)
    length += kept.length
  }

  return {
    push(bytes) {
      let from = 0
      if (length > 0) {
        const end = bytes.indexOf(lineBreak) + 1
        keep(end === 0 ? bytes : bytes.subarray(0, end - 1))
        if (end === 0) return
        const line = new Uint8Array(Buffer.concat([...begun, Uint8Array.of(lineBreak)]))
        begun = []
        length = 0
        reader.take(line, 0, line.length)
        from = end
      }
      const to = bytes.lastIndexOf(lineBreak) + 1
      if (to > from) reader.take(bytes, from, to)
      if (Math.max(from, to) < bytes.length) keep(bytes.subarray(Math.max(from, to)))
    },
    finish(last) {
      if (length > 0) reader.takeRest(Buffer.concat(begun).toString())
      reader.finish(last)
    },
  }
}
