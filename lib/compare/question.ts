/** What is asked of latencies. */
export interface LatencyQuestion {
  percentiles: readonly number[]
  /** The ratio that is no worse: 1.05 for a margin of 5 %. */
  marginRatio: number
  /** The chance of a wrong word about any of them; 0.05 by default. */
  alpha: number
  seed: number
  /** Each descriptor by itself, or all accepted requests together. */
  by: 'descriptor' | 'all'
}

export const defaultQuestion: LatencyQuestion = {
  percentiles: [50, 90, 95, 99],
  marginRatio: 1.05,
  alpha: 0.05,
  seed: 1,
  by: 'descriptor',
}
