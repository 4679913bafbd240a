import { columnsOf } from './visible.ts'
import { wrapped } from './wrap.ts'

/** A cell of a table: its visible text, and what colours it once it has been padded. */
export interface Cell {
  text: string
  paint?: (text: string) => string
}

/** A column: its heading, and on which side its cells stand. */
export interface Column {
  heading: string
  align?: 'left' | 'right'
}

const gap = 2
const narrowest = 12

/**
 * A table whose first column takes what width the others leave, and goes on in further lines where
 * that is too little. Trailing blanks are left out.
 * @param paintHeading colours the line of headings.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paintHeading: (text: string) => string,
): string[][] {
  const natural = columns.map(({ heading }, index) =>
    Math.max(columnsOf(heading), ...rows.map((row) => columnsOf((row[index] as Cell).text))),
  )
  const others = natural.slice(1).reduce((sum, columnWidth) => sum + columnWidth + gap, 0)
  const widths = [Math.min(natural[0] as number, Math.max(narrowest, width - others)), ...natural.slice(1)]

  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] as number) - columnsOf(text)))
        const painted = paint && text !== '' ? paint(text) : text
        return columns[index]?.align === 'right' ? padding + painted : painted + padding
      })
      .join(' '.repeat(gap))
      .trimEnd()

  const linesOf = (row: readonly Cell[]): string[] => {
    const [first, ...rest] = row as [Cell, ...Cell[]]
    return wrapped(first.text, widths[0] as number).map((text, index) =>
      index === 0 ? line([{ ...first, text }, ...rest]) : line([{ ...first, text }]),
    )
  }
  return [
    linesOf(columns.map(({ heading }) => ({ text: heading, paint: paintHeading }))),
    ...rows.map(linesOf),
  ]
}
