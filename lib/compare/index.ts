export { compareRuns, latencyVerdict } from './compare-runs.ts'
export { compareSeries, type LevelChange, leastSeries, type SeriesComparison } from './compare-series.ts'
export * from './comparison.ts'
export type { ReadRun } from './run.ts'
