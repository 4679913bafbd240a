import type { Histogram } from 'hdr-histogram-js'
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import type { History } from '../lib/history/index.ts'
import { latencies, latenciesPerSecond } from '../lib/latency/index.ts'

/** Microseconds in a millisecond, which is what the tools show. */
const usPerMs = 1000

/**
 * The distribution of the latencies of accepted requests as `.hgrm`, in milliseconds: what the plotters of
 * HdrHistogram read. Of one descriptor, or of all.
 */
export function renderHgrm(history: History, descriptor?: string): string {
  const series = latencies(history).series.filter(
    (each) => each.outcome === 'accepted' && (descriptor === undefined || each.descriptor === descriptor),
  )
  const [first, ...others] = series.map(({ histogram }) => histogram)
  if (!first) return ''
  for (const other of others) first.add(other)
  return first.outputPercentileDistribution(5, usPerMs)
}

/**
 * The latencies of accepted requests second by second as `.hlog`, a tag for each descriptor: what
 * HistogramLogProcessor and HistogramLogAnalyzer read. Values are whole microseconds.
 */
export function renderHlog(history: History): string {
  const startedAt = history.startedAtMs / 1000
  const lines = [
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startedAt.toFixed(3)} (seconds since epoch), ${new Date(history.startedAtMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ]
  for (const { startUs, series } of latenciesPerSecond(history)) {
    for (const { descriptor, outcome, histogram } of series) {
      if (outcome !== 'accepted') continue
      const max = (histogram.maxValue / usPerMs).toFixed(3)
      lines.push(
        `Tag=${tag(descriptor)},${(startUs / 1e6).toFixed(3)},1.000,${max},${encodeIntoCompressedBase64(histogram as Histogram)}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/** A tag ends at a comma, and a blank. */
function tag(descriptor: string): string {
  return descriptor.replace(/[\s,]/g, '_')
}
