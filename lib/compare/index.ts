export * from './against-base.ts'
export { compareRuns, latencyVerdict } from './compare-runs.ts'
export { compareSeries, leastSeries } from './compare-series.ts'
export type {
  Comparison,
  Difference,
  LatencyComparison,
  LatencySide,
  LatencyVerdict,
  LimitChange,
  LimitComparison,
} from './comparison.ts'
export { type ComparisonDocument, comparisonJsonSchema } from './document.ts'
export { heldAgainstNothing, type NoBase } from './no-base.ts'
export { defaultQuestion, type LatencyQuestion } from './question.ts'
export type { ReadRun } from './run.ts'
export type { LevelChange, SeriesComparison } from './series.ts'
