import type { LatencyRow } from '../../lib/result/index.ts'
import { millisecondsText } from './amounts.ts'
import { createStyle } from './style.ts'
import { table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'

const quantiles = [
  ['P50', 'p50'],
  ['P90', 'p90'],
  ['P99', 'p99'],
  ['P99.9', 'p999'],
  ['MAX', 'max'],
] as const

/** Latency of the answered requests, in milliseconds: one row for each descriptor and outcome. */
export function latencyTable(rows: readonly LatencyRow[], view: View): string[] {
  const columns = [
    { heading: 'LATENCY, MS' },
    { heading: 'OUTCOME' },
    { heading: 'COUNT', align: 'right' as const },
    ...quantiles.map(([heading]) => ({ heading, align: 'right' as const })),
  ]
  const cells = rows.map((row) => [
    { text: visible(row.descriptor) },
    { text: row.outcome },
    { text: String(row.count) },
    ...quantiles.map(([, field]) => ({ text: millisecondsText(row[field]) })),
  ])
  return table(columns, cells, view.width, createStyle(view.color).faint).flat()
}
