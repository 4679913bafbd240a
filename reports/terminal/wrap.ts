import { columnsOf } from './visible.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Breaks a visible text into lines of at most so many columns, between words, and within a word only
 * where it is longer than a line. An empty text is one empty line.
 */
export function wrapped(text: string, columns: number): string[] {
  const width = Math.max(columns, 8)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, width))) {
    if (line === '') line = word
    else if (columnsOf(line) + 1 + columnsOf(word) <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  lines.push(line)
  return lines
}

/** A paragraph in which every line is indented by so many columns, and fits into the width. */
export function paragraph(text: string, columns: number, indent: number): string[] {
  return wrapped(text, columns - indent).map((line) => `${' '.repeat(indent)}${line}`)
}

/** A paragraph that begins with a mark, such as `1. `, and goes on below what follows the mark. */
export function listItem(mark: string, text: string, columns: number, indent: number): string[] {
  const inner = indent + columnsOf(mark)
  const [first = '', ...rest] = wrapped(text, columns - inner)
  return [`${' '.repeat(indent)}${mark}${first}`, ...rest.map((line) => `${' '.repeat(inner)}${line}`)]
}

function pieces(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns) return [word]
  const found: string[] = []
  let piece = ''
  for (const { segment } of segmenter.segment(word)) {
    if (columnsOf(piece + segment) > columns) {
      found.push(piece)
      piece = ''
    }
    piece += segment
  }
  found.push(piece)
  return found
}
