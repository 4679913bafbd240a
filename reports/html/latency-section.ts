import type { Result } from '../../lib/result/index.ts'
import { millisecondsText } from '../terminal/index.ts'
import { type Html, html } from './html.ts'
import { instantText } from './instant.ts'
import type { LatencyOverTime } from './latency-over-time.ts'
import type { ReportModel } from './model.ts'
import { plotFrame } from './plot-frame.ts'
import { foldable, table } from './table.ts'

const milliseconds = ['p50', 'p90', 'p99', 'p999', 'max'] as const
const headings = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const

/** How long answers took: as curves over percentiles and over time, and as tables. */
export function latencySection({ latency = [] }: Result, { overTime }: ReportModel): Html {
  if (latency.length === 0) {
    return html`<section aria-labelledby="latency"><h2 id="latency">Latency</h2><p>No request was answered, so there are no latencies.</p></section>`
  }
  return html`<section aria-labelledby="latency">
<h2 id="latency">Latency</h2>
<p class="note">From the sending to the last byte. A refusal is often quicker than an acceptance, so the two are never added up.</p>
<div class="side-by-side">
${plotFrame({ kind: 'percentiles', title: 'Latency by percentile, in nines', index: 0 })}
${plotFrame({ kind: 'over-time', title: 'Latency over time', index: 0 })}
</div>
${table(
  'Latency in milliseconds',
  [
    { heading: 'Descriptor' },
    { heading: 'Outcome' },
    { heading: 'Requests', isNumber: true },
    ...headings.map((heading) => ({ heading, isNumber: true })),
  ],
  latency
    .slice(0, mostRows)
    .map((row) => [
      row.descriptor,
      row.outcome,
      String(row.count),
      ...milliseconds.map((field) => millisecondsText(row[field])),
    ]),
)}
${latency.length > mostRows ? html`<p class="note">… and ${latency.length - mostRows} more rows in the result as JSON.</p>` : undefined}
${overTimeTable(overTime)}
</section>`
}

const mostRows = 100

/** So many rows a table of times has. */
const mostTimes = 240

function overTimeTable({ startMs, accepted, limited, binMs }: LatencyOverTime): Html {
  const text = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? '' : millisecondsText(ms)
  const bins = startMs
    .map((ms, k) => ({ ms, k }))
    .filter(({ k }) => (accepted.count[k] ?? 0) + (limited.count[k] ?? 0) > 0)
    .slice(0, mostTimes)
  return foldable(
    'Latency over time as a table',
    table(
      `Latency in milliseconds, by ${binMs < 1000 ? `${binMs} ms` : `${binMs / 1000} s`} of sending`,
      [
        { heading: 'From', isNumber: true },
        ...['accepted', 'p50', 'p99', 'max', 'limited', 'p50', 'p99', 'max'].map((heading) => ({
          heading,
          isNumber: true,
        })),
      ],
      bins.map(({ ms, k }) => [
        instantText(ms),
        ...[accepted, limited].flatMap(({ count, p50, p99, max }) => [
          String(count[k]),
          text(p50[k]),
          text(p99[k]),
          text(max[k]),
        ]),
      ]),
    ),
  )
}
