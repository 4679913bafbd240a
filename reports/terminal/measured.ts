import type { MeasuredLimit } from '../../lib/result/index.ts'
import { windowText } from './amounts.ts'
import { createStyle } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'

const words = {
  proven: 'proven by a run',
  likely: 'what the last run was fired at, not proven',
  above: 'nothing refused up to there',
} as const

/** The limits that were found instead of those of the spec. */
export function measuredTable(measured: readonly MeasuredLimit[], view: View): string[] {
  const style = createStyle(view.color)
  const rows = measured.map(({ name, limit, windowSeconds, as }): Cell[] =>
    [
      visible(name),
      `${as === 'above' ? 'above ' : ''}${limit} in ${windowText(windowSeconds)}`,
      words[as],
    ].map((text) => ({ text })),
  )
  const columns = [{ heading: 'LIMIT THAT IS THERE' }, { heading: 'AT MOST' }, { heading: '' }]
  return table(columns, rows, view.width, style.faint).flat()
}
