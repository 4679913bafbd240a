import type { Verdict } from '../result/index.ts'

/**
 * What is certain about a latency. There is no "same": that nothing was found is no proof that there is
 * nothing.
 */
export type LatencyVerdict = 'regressed' | 'no-worse' | 'cannot-tell'

/** One percentile of one side. */
export interface LatencySide {
  /** Milliseconds; of several runs the median of theirs. */
  ms: number
  /** Accepted requests, or runs where several are compared. */
  count: number
  /** How many of them lie beyond the percentile; of several runs the fewest of one. */
  beyond: number
}

/** How a percentile of latency moved between two sides. */
export interface LatencyComparison {
  /** Whose requests: a descriptor's; undefined for those of all together. */
  descriptor?: string
  percentile: number
  base: LatencySide
  run: LatencySide
  /** The run's by the base's: above 1 is slower. */
  ratio: number
  /** Bounds of the ratio that hold with `confidence`; missing where there is too little to work them out. */
  interval?: [from: number, to: number]
  confidence?: number
  /** Chances after Holm's correction that it only looks worse, and no worse, than the margin. */
  pRegressed?: number
  pNoWorse?: number
  verdict: LatencyVerdict
  /** Why it cannot be told. */
  why?: string
}

/** What became of a limit from one run to the other. */
export type LimitChange =
  /** Both runs pass. */
  | 'kept'
  /** The run fails, and the base did not. */
  | 'broken'
  /** The run fails, and the base did as well. */
  | 'still-broken'
  /** The run passes, and the base did not. */
  | 'repaired'
  /** Both pass, and what they promise differs. */
  | 'rewritten'
  /** One of the runs does not settle it, or does not have it. */
  | 'not-known'

/** One limit in both runs. */
export interface LimitComparison {
  name: string
  change: LimitChange
  verdict: Verdict
  /** What each run is explained by, in words; missing where it does not have the limit. */
  base?: string
  run?: string
  /** What a person should know about it, in a sentence or two. */
  why: string
}

/** Something in which the runs differ that bears on what can be compared. */
export interface Difference {
  what: 'target' | 'plan' | 'limits' | 'tools' | 'end'
  words: string
  /** Latencies are not judged because of it. */
  removesLatency: boolean
}

/** Answers a second in the seconds in which requests were sent. The plan sets it, so it is not judged. */
export interface Throughput {
  base: number
  run: number
}

/** What moved between two sides. */
export interface Comparison {
  format: 'onset-comparison'
  version: 1
  verdict: Verdict
  /** Names of the runs of either side. */
  base: string[]
  run: string[]
  differences: Difference[]
  limits: LimitComparison[]
  latency: LatencyComparison[]
  throughput: Throughput
  /** How the latencies were compared, with what is needed to do it again. */
  method: Method
}

/** How latencies were compared. */
export interface Method {
  name: 'moving-block-bootstrap' | 'mann-whitney'
  /** The ratio that is no worse: 1.05 for a margin of 5 %. */
  marginRatio: number
  /** The chance of a wrong word about any of them. */
  alpha: number
  /** Of the random numbers, and how many times each run was drawn again. */
  seed?: number
  resamples?: number
  /** The least chance that so few runs can give. */
  leastP?: number
}

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
