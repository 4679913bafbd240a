/** Longer lines are not lines of a history: the reader gives up on them instead of on memory. */
export const longestLine = 1 << 20

const lineBreak = 0x0a

/** Takes bytes in pieces of any size and hands out lines. */
export interface LineSplitter {
  push(chunk: Uint8Array): void
  /** Hands out what stands after the last line break, if anything does. */
  finish(): void
  /** Was the last byte that was pushed a line break? False before the first. */
  readonly atLineStart: boolean
}

/**
 * Splits UTF-8 into lines at `\n`; a `\r` before it stays, since JSON takes it for white space. A
 * byte order mark at the start is dropped, broken UTF-8 becomes U+FFFD. A line is cut after
 * `longestLine` characters, so that a file without line breaks cannot fill the memory.
 * @param onLine gets each line without its break; `ended` is false for the last one when no break
 * follows it. An empty rest is not handed out.
 */
export function createLineSplitter(onLine: (text: string, ended: boolean) => void): LineSplitter {
  const decoder = new TextDecoder('utf-8')
  // Pieces of the line that has not ended yet: joined once, so a long line costs linear time.
  let pieces: string[] = []
  let piecesLength = 0
  let atLineStart = false

  function keep(piece: string): void {
    const room = longestLine - piecesLength
    if (room <= 0 || piece === '') return
    const kept = piece.length > room ? piece.slice(0, room) : piece
    pieces.push(kept)
    piecesLength += kept.length
  }

  function take(text: string): void {
    let from = 0
    let to = text.indexOf('\n')
    if (to >= 0 && piecesLength > 0) {
      keep(text.slice(0, to))
      const line = pieces.join('')
      pieces = []
      piecesLength = 0
      onLine(line, true)
      from = to + 1
      to = text.indexOf('\n', from)
    }
    while (to >= 0) {
      onLine(text.slice(from, Math.min(to, from + longestLine)), true)
      from = to + 1
      to = text.indexOf('\n', from)
    }
    keep(text.slice(from))
  }

  return {
    push(chunk) {
      if (chunk.length > 0) atLineStart = chunk[chunk.length - 1] === lineBreak
      take(decoder.decode(chunk, { stream: true }))
    },
    finish() {
      take(decoder.decode())
      if (piecesLength > 0) onLine(pieces.join(''), false)
      pieces = []
      piecesLength = 0
    },
    get atLineStart() {
      return atLineStart
    },
  }
}
