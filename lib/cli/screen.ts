import type { View } from '../../reports/terminal/index.ts'
import { viewOf } from './output.ts'

/**
 * Where people watch a run: sentences that stay, and below them lines that are drawn again in place.
 * The cursor is never hidden and rests below the last line, so there is nothing to restore, however
 * the process ends.
 */
export interface Screen {
  readonly view: View
  /** Are lines drawn again in place? */
  readonly live: boolean
  /** A sentence that stays. */
  say(text: string): void
  /** Shows these lines in place of those that were shown before; does nothing where nothing is live. */
  show(lines: readonly string[]): void
  /** Takes away what was shown. */
  clear(): void
}

const eraseBelow = '\u001b[0J'

/** Makes a screen of a stream; live only on a terminal. */
export function createScreen(stream: NodeJS.WriteStream, wanted: boolean): Screen {
  const live = wanted && stream.isTTY === true && process.env.TERM !== 'dumb'
  let shown = 0
  const erased = () => (shown === 0 ? '' : `\r\u001b[${shown}A${eraseBelow}`)
  return {
    live,
    get view() {
      return viewOf(stream)
    },
    say(text) {
      const before = erased()
      shown = 0
      stream.write(`${before}${text}\n`)
    },
    show(lines) {
      if (!live) return
      const before = erased()
      shown = lines.length
      stream.write(`${before}${lines.map((line) => `${line}\n`).join('')}`)
    },
    clear() {
      if (shown === 0) return
      const before = erased()
      shown = 0
      stream.write(before)
    },
  }
}
