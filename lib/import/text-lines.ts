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

/** What goes on in the next line, if it is any good. */
export class UnfinishedLine extends UnusableLine {}

/** What goes on over more lines than this is taken for a slip. */
const mostLines = 500

interface LineTerms {
  /** A line that was cut off is recognised as such, as JSON is: then a last line without a line break is used. */
  showsItsEnd?: boolean
  finish?: (last: boolean) => void
}

/**
 * Reads a file by its lines as texts, in UTF-8; empty ones are counted and passed over. A last line without
 * a line break may have been cut off, and a number that was is another number.
 * @param take throws `UnusableLine`, which is counted and named, and `UnfinishedLine` where it needs the next
 *   line as well: then it is given both, and the number of the first. Where that does not help, the first
 *   alone is of no use.
 */
export function readTextLines(
  builder: PartBuilder,
  take: (text: string, line: number) => void,
  { showsItsEnd = false, finish = () => {} }: LineTerms = {},
): RecordingReader {
  const { part } = builder
  const decoder = new TextDecoder()

  /** Lines of which the first goes on in the others, as far as is known yet. */
  let begun: string[] = []
  let whyBegun: UnusableLine | undefined

  /** Why the line, or several as one, cannot be used. */
  function whyNot(text: string, line: number): UnusableLine | undefined {
    try {
      if (text !== '') take(text, line)
      return undefined
    } catch (error) {
      if (error instanceof UnusableLine) return error
      throw error
    }
  }

  function refuse(error: UnusableLine, text: string, line: number): void {
    const { expected, found, hint } = error
    builder.refuse({ line, column: error.columnIn(text), expected, found, hint })
  }

  function takeLine(text: string, line: number): void {
    const whole = begun.length === 0 ? text : `${begun.join('\n')}\n${text}`
    const why = whyNot(whole.endsWith('\r') ? whole.slice(0, -1) : whole, line - begun.length)
    if (why instanceof UnfinishedLine && begun.length < mostLines) {
      whyBegun ??= why
      begun.push(text)
    } else if (begun.length > 0 && why) {
      begun.push(text)
      giveUp(line)
    } else {
      begun = []
      whyBegun = undefined
      if (why) refuse(why, text, line)
    }
  }

  /** Of the lines that were begun, up to `last`, the first is of no use, and the others are read by themselves. */
  function giveUp(last: number): void {
    const [first = '', ...others] = begun
    const why = whyBegun
    begun = []
    whyBegun = undefined
    if (why) refuse(why, first, last - others.length)
    others.forEach((text, index) => {
      takeLine(text, last - others.length + 1 + index)
    })
  }

  return {
    take(bytes, from, to) {
      const lines = decoder.decode(bytes.subarray(from, to - 1)).split('\n')
      for (const text of lines) takeLine(text, ++part.lines)
    },
    takeRest(text) {
      while (begun.length > 0) giveUp(part.lines)
      part.lines++
      if (!showsItsEnd || whyNot(text, part.lines)) part.cutOff = true
    },
    finish(last) {
      while (begun.length > 0) giveUp(part.lines)
      finish(last)
    },
  }
}
