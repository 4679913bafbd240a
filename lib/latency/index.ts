export { createHistogram } from './histogram.ts'
export {
  type Latencies,
  type LatencySecond,
  type LatencySeries,
  latencies,
  latenciesPerSecond,
  latencyRow,
  latencyUs,
} from './latencies.ts'
