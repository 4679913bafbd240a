import { shown } from '../spec/mistake.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'

/** What cannot be used of a line: what was expected in it, and what stands there. */
export class UnusableLine extends Error {
  readonly expected: string
  readonly found: string
  /** Where it stands, if that is known better than by what was found. */
  readonly column: number | undefined
  readonly hint: string | undefined
  readonly #found: unknown

  constructor(expected: string, found: unknown, { column, hint }: { column?: number; hint?: string } = {}) {
    super(`expected ${expected}`)
    this.expected = expected
    this.found = shown(found)
    this.#found = found
    this.column = column
    this.hint = hint
  }

  /** The column where what was found stands in the line, or 1 where that is not sure. */
  columnIn(text: string): number {
    if (this.column !== undefined) return this.column
    const found = typeof this.#found === 'string' ? this.#found : ''
    const at = found === '' ? -1 : text.indexOf(found)
    return at >= 0 && at === text.lastIndexOf(found) ? at + 1 : 1
  }
}

interface LineTerms {
  /** A line that was cut off is recognised as such, as JSON is: then a last line without a line break is used. */
  showsItsEnd?: boolean
  finish?: (last: boolean) => void
}

/**
 * Reads a file by its lines as texts, in UTF-8; empty ones are counted and passed over. A last line without
 * a line break may have been cut off, and a number that was is another number.
 * @param take throws `UnusableLine`, which is counted and named.
 */
export function readTextLines(
  builder: PartBuilder,
  take: (text: string, line: number) => void,
  { showsItsEnd = false, finish = () => {} }: LineTerms = {},
): RecordingReader {
  const { part } = builder
  const decoder = new TextDecoder()

  function takeLine(text: string, isCutOff: boolean): void {
    const line = ++part.lines
    const plain = text.endsWith('\r') ? text.slice(0, -1) : text
    if (plain === '') return
    try {
      take(plain, line)
    } catch (error) {
      if (!(error instanceof UnusableLine)) throw error
      const { expected, found, hint } = error
      const column = error.columnIn(plain)
      if (isCutOff) part.cutOff = true
      else builder.refuse({ line, column, expected, found, hint })
    }
  }

  return {
    take(bytes, from, to) {
      const lines = decoder.decode(bytes.subarray(from, to - 1)).split('\n')
      for (const text of lines) takeLine(text, false)
    },
    takeRest(text) {
      if (showsItsEnd) takeLine(text, true)
      else {
        part.lines++
        part.cutOff = true
      }
    },
    finish,
  }
}
