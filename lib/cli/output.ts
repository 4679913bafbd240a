import type { WriteStream } from 'node:tty'
import type { View } from '../../reports/terminal/index.ts'

const defaultWidth = 80
/** A terminal that does not know its width says 0. */
const narrowest = 60
/** Longer lines are hard to read. */
const widest = 100

/** Results, and nothing else. */
export function print(text: string): void {
  process.stdout.write(text)
}

/** Words for people beside the result: a line, or several. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** How text on a stream is to look: plain 80 columns where it is no terminal. NO_COLOR is respected. */
export function viewOf(stream: NodeJS.WriteStream): View {
  const { isTTY, columns } = stream as Partial<WriteStream>
  const known = columns === undefined || columns === 0 ? defaultWidth : columns
  const width = Math.min(widest, Math.max(narrowest, known))
  return { width, color: isTTY === true && stream.hasColors() }
}

/** What is written to a reader, or to a terminal, that has gone away. */
const gone = ['EPIPE', 'EIO', 'ENXIO']

/** Readers that leave early (`onset check … | head`), and terminals that are closed, end nothing and are no error. */
export function bearLeavingReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!gone.includes(error.code ?? '')) throw error
    })
  }
}
