import type { Histogram } from 'hdr-histogram-js'
import type { History } from '../../lib/history/index.ts'
import { createHistogram } from '../../lib/latency/histogram.ts'
import { latencies } from '../../lib/latency/index.ts'
import type { LatencyRow } from '../../lib/result/index.ts'

/** How long the answers of one outcome took, as a curve over percentiles. */
export interface CurveSeries {
  outcome: LatencyRow['outcome']
  count: number
  /** Logarithm of 1 / (1 - share): 0 is the fastest, 1 is 90 %, 2 is 99 %, 3 is 99.9 %. */
  nines: number[]
  ms: number[]
}

/** So many points each factor of ten has. */
const pointsPerNine = 20

/**
 * The latencies of all descriptors together, one curve an outcome. A curve goes as far as there are
 * requests to speak of: up to one in `count`.
 */
export function percentileCurves(history: History): CurveSeries[] {
  const merged = new Map<LatencyRow['outcome'], Histogram>()
  for (const { outcome, histogram } of latencies(history).series) {
    const sum = merged.get(outcome) ?? createHistogram()
    sum.add(histogram)
    merged.set(outcome, sum)
  }
  return (['accepted', 'limited', 'unknown'] as const).flatMap((outcome) => {
    const histogram = merged.get(outcome)
    return histogram ? [curveOf(outcome, histogram)] : []
  })
}

function curveOf(outcome: LatencyRow['outcome'], histogram: Histogram): CurveSeries {
  const count = histogram.totalCount
  const last = Math.log10(count)
  const points = Math.ceil(last * pointsPerNine)
  const nines = Array.from({ length: points + 1 }, (_, k) => Math.min(last, k / pointsPerNine))
  const ms = nines.map((nine) => {
    const us = histogram.getValueAtPercentile(100 * (1 - 10 ** -nine))
    return Math.min(us, histogram.maxValue) / 1000
  })
  return { outcome, count, nines, ms }
}
