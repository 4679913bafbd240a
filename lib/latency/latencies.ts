import type { Histogram } from 'hdr-histogram-js'
import { type History, outcomeNames } from '../history/index.ts'
import type { LatencyRow } from '../result/index.ts'
import { createHistogram } from './histogram.ts'

/** The latencies of one descriptor and outcome. */
export interface LatencySeries {
  descriptor: string
  outcome: LatencyRow['outcome']
  /** In whole microseconds, to 3 significant digits. */
  histogram: Histogram
}

/** The latencies of a history, ordered by descriptor and then by outcome; none is empty. */
export interface Latencies {
  rows: LatencyRow[]
  series: LatencySeries[]
  /** Requests without a response, which are in no row: their latency is not known. */
  unanswered: { descriptor: string; count: number }[]
}

/** The latencies of the requests that were sent within one second. */
export interface LatencySecond {
  /** Microseconds since the history's start, a multiple of a million, perhaps negative. */
  startUs: number
  series: LatencySeries[]
}

/**
 * Latency per descriptor and outcome over the whole history, from the sending to the last byte, or
 * to the first where the history does not say when the last one came.
 */
export function latencies(history: History): Latencies {
  const collector = createCollector(history)
  const unanswered = new Array<number>(history.descriptors.length).fill(0)
  for (let row = 0; row < history.count; row++) {
    if (collector.add(row)) continue
    const descriptor = history.descriptor[row] as number
    unanswered[descriptor] = (unanswered[descriptor] as number) + 1
  }
  const series = collector.series()
  return {
    rows: series.map(latencyRow),
    series,
    unanswered: history.descriptors.flatMap(({ name }, index) =>
      unanswered[index] ? [{ descriptor: name, count: unanswered[index] }] : [],
    ),
  }
}

/**
 * The same for each second in which answered requests were sent, in order of time. A second's
 * histograms are made when it is asked for, so that only one second's are in memory.
 */
export function* latenciesPerSecond(history: History): Generator<LatencySecond> {
  const rowsBySecond = new Map<number, number[]>()
  for (let row = 0; row < history.count; row++) {
    if (history.status[row] === 0) continue
    const second = Math.floor((history.sentUs[row] as number) / 1e6)
    const rows = rowsBySecond.get(second)
    if (rows) rows.push(row)
    else rowsBySecond.set(second, [row])
  }
  for (const [second, rows] of [...rowsBySecond].sort(([one], [other]) => one - other)) {
    const collector = createCollector(history)
    for (const row of rows) collector.add(row)
    yield { startUs: second * 1e6, series: collector.series() }
  }
}

/** A series in figures, in milliseconds. */
export function latencyRow({ descriptor, outcome, histogram }: LatencySeries): LatencyRow {
  const ms = (us: number) => Math.min(us, histogram.maxValue) / 1000
  const at = (percentile: number) => ms(histogram.getValueAtPercentile(percentile))
  return {
    descriptor,
    outcome,
    count: histogram.totalCount,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: ms(histogram.maxValue),
  }
}

/** A series of more than so many values has most of them more than once: the next ones are counted before they are recorded. */
const manyValues = 10_000

/** Such values are counted, in microseconds: an eighth of a second and less. */
const countedBelowUs = 1 << 17

/** The latencies of one series, as they come. */
class Recorded {
  readonly histogram = createHistogram()
  private recorded = 0
  private counts: Uint32Array | undefined

  add(us: number): void {
    if (this.counts && us >= 0 && us < countedBelowUs && Number.isInteger(us)) {
      this.counts[us] = (this.counts[us] as number) + 1
      return
    }
    this.histogram.recordValue(us)
    if (++this.recorded === manyValues) this.counts = new Uint32Array(countedBelowUs)
  }

  /** The histogram with all that was added. */
  whole(): Histogram {
    this.counts?.forEach((count, us) => {
      if (count > 0) this.histogram.recordValueWithCount(us, count)
    })
    this.counts = undefined
    return this.histogram
  }
}

function createCollector(history: History) {
  const all: (Recorded | undefined)[] = []
  return {
    /** @returns false for a request without a response, which has no latency. */
    add(row: number): boolean {
      if (history.status[row] === 0) return false
      const at = (history.descriptor[row] as number) * outcomeNames.length + (history.outcome[row] as number)
      all[at] ??= new Recorded()
      all[at].add(latencyUs(history, row))
      return true
    },
    series(): LatencySeries[] {
      const histograms = all.map((recorded) => recorded?.whole())
      return histograms.flatMap((histogram, at) => {
        if (!histogram) return []
        const descriptor = history.descriptors[Math.floor(at / outcomeNames.length)]?.name as string
        return [
          { descriptor, outcome: outcomeNames[at % outcomeNames.length] as LatencyRow['outcome'], histogram },
        ]
      })
    },
  }
}

/** From the sending of an answered request to its last byte, or to the first where only that is known. */
export function latencyUs(history: History, row: number): number {
  const durationUs = history.durationUs[row] as number
  return Number.isNaN(durationUs)
    ? (history.receivedUs[row] as number) - (history.sentUs[row] as number)
    : durationUs
}
