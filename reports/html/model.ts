import type { LatencyOverTime } from './latency-over-time.ts'
import type { CurveSeries } from './percentiles.ts'
import type { PackedRows, RequestKind } from './rows.ts'
import type { Schedule } from './schedule.ts'

/** What the page's script draws from: everything but the rows themselves, as JSON beside them. */
export interface ReportModel {
  /** Unix milliseconds. */
  startedAtMs: number
  descriptors: string[]
  kinds: RequestKind[]
  rows: Omit<PackedRows, 'bytes'>
  /** How many requests there were, where not all of them are in the rows. */
  sampledFrom?: number
  clock: ClockBounds
  limits: LimitView[]
  curves: CurveSeries[]
  overTime: LatencyOverTime
  schedule?: Schedule
}

/** By how much an interval is widened so that it surely holds the instant of the decision. */
export interface ClockBounds {
  slackUs: number
  driftPpm: number
  /** From where drift is counted. */
  middleUs: number
  /** By when a request without an answer was decided, if it was. */
  horizonUs: number
}

/** How the count against a limit is shown. */
export type RuleView =
  | { kind: 'within' }
  | { kind: 'first-hit' }
  | { kind: 'fixed'; phaseUs: [number, number] }

/** One limit, as far as its plot needs it. */
export interface LimitView {
  name: string
  limit: number
  windowUs: number
  /** How much earlier than its interval says a request may have been decided: 1 s for a coarse clock. */
  grainUs: number
  rule: RuleView
  cells: CellView[]
  /** Which of the cells is shown first. */
  shown: number
  onsets: { descriptor: number; firstLimitedUs: number; recoveredUs?: number }[]
  /** What the certificate rests on, as lines of the history: the whole, then each step. */
  proof?: { lines: number[]; steps: number[][] }
}

/** One value of a limit's scope, with the descriptors that carry it. */
export interface CellView {
  value: string
  descriptors: number[]
}
