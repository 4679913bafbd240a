import { type History, Outcome } from '../../lib/history/index.ts'

/** Latencies of answered requests by when they were sent; a bin without any holds `null`. */
export interface LatencyOverTime {
  binMs: number
  /** Where each bin starts, in milliseconds since the history's start. */
  startMs: number[]
  accepted: OutcomeOverTime
  limited: OutcomeOverTime
}

/** In milliseconds, a value a bin. */
export interface OutcomeOverTime {
  count: number[]
  p50: (number | null)[]
  p99: (number | null)[]
  max: (number | null)[]
}

const niceMs = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000]
const mostBins = 200

/** Latency over time, accepted and limited apart, in at most some 200 bins of a round length. Pure. */
export function latencyOverTime(history: History): LatencyOverTime {
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = Number.NEGATIVE_INFINITY
  for (let row = 0; row < history.count; row++) {
    if (history.status[row] === 0) continue
    firstUs = Math.min(firstUs, history.sentUs[row] as number)
    lastUs = Math.max(lastUs, history.sentUs[row] as number)
  }
  if (firstUs > lastUs) return { binMs: 1_000, startMs: [], accepted: empty(), limited: empty() }
  const spanMs = (lastUs - firstUs) / 1000
  const binMs = niceMs.find((ms) => spanMs / ms < mostBins) ?? Math.ceil(spanMs / mostBins / 60_000) * 60_000
  const firstBin = Math.floor(firstUs / 1000 / binMs)
  const bins = Math.floor(lastUs / 1000 / binMs) - firstBin + 1
  const values = [Outcome.accepted, Outcome.limited].map(() =>
    Array.from({ length: bins }, (): number[] => []),
  )
  for (let row = 0; row < history.count; row++) {
    const outcome = history.outcome[row] as number
    if (history.status[row] === 0 || outcome === Outcome.unknown) continue
    const sentUs = history.sentUs[row] as number
    const durationUs = history.durationUs[row] as number
    const latencyUs = Number.isNaN(durationUs) ? (history.receivedUs[row] as number) - sentUs : durationUs
    values[outcome]?.[Math.floor(sentUs / 1000 / binMs) - firstBin]?.push(latencyUs / 1000)
  }
  const [accepted, limited] = values.map(summed) as [OutcomeOverTime, OutcomeOverTime]
  return { binMs, startMs: Array.from({ length: bins }, (_, k) => (firstBin + k) * binMs), accepted, limited }
}

function summed(bins: readonly number[][]): OutcomeOverTime {
  const over = empty()
  for (const bin of bins) {
    const sorted = Float64Array.from(bin).sort()
    // The least value that at least this share of all is no greater than.
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
    over.count.push(sorted.length)
    over.p50.push(at(0.5))
    over.p99.push(at(0.99))
    over.max.push(at(1))
  }
  return over
}

function empty(): OutcomeOverTime {
  return { count: [], p50: [], p99: [], max: [] }
}
