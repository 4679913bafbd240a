export {
  type Latencies,
  type LatencySecond,
  type LatencySeries,
  latencies,
  latenciesPerSecond,
  latencyRow,
} from './latencies.ts'
