import type { History } from '../history/index.ts'
import { Outcome } from '../history/index.ts'
import { latencyUs } from '../latency/index.ts'
import { rankOf } from './quantile.ts'

/**
 * The latencies of a run by the second in which requests were sent. Seconds without any are left out.
 * Values are kept to 4 significant digits, so that many requests need little room.
 */
export interface LatencySample {
  /** Each value that occurs, once, in ascending order, in microseconds. */
  valuesUs: Float64Array
  /** Which values each second has (indices into `valuesUs`, ascending), and how often. */
  seconds: readonly SecondOfLatency[]
  count: number
}

export interface SecondOfLatency {
  values: Uint32Array
  counts: Uint32Array
}

/** The latencies of the accepted requests of some descriptors, by default of all. */
export function latencySample(
  history: History,
  isOfSample: (descriptor: string) => boolean = () => true,
): LatencySample {
  const wanted = history.descriptors.map(({ name }) => isOfSample(name))
  const bySecond = new Map<number, number[]>()
  for (let row = 0; row < history.count; row++) {
    if (history.status[row] === 0 || history.outcome[row] !== Outcome.accepted) continue
    if (!wanted[history.descriptor[row] as number]) continue
    const second = Math.floor((history.sentUs[row] as number) / 1e6)
    const latencies = bySecond.get(second)
    if (latencies) latencies.push(latencyUs(history, row))
    else bySecond.set(second, [latencyUs(history, row)])
  }
  const inOrder = [...bySecond].sort(([one], [other]) => one - other)
  return sampleOf(inOrder.map(([, latencies]) => latencies))
}

/** A sample of the latencies of each second, in microseconds, in order of time. */
export function sampleOf(latenciesUs: readonly (readonly number[])[]): LatencySample {
  const rounded = latenciesUs.map((second) => second.map(rounding))
  const valuesUs = Float64Array.from(new Set(rounded.flat())).sort()
  const indexOf = new Map(Array.from(valuesUs, (value, index) => [value, index]))
  const seconds = rounded
    .filter((second) => second.length > 0)
    .map((second): SecondOfLatency => {
      const counts = new Map<number, number>()
      for (const value of second) {
        const index = indexOf.get(value) as number
        counts.set(index, (counts.get(index) ?? 0) + 1)
      }
      const values = Uint32Array.from(counts.keys()).sort()
      return { values, counts: values.map((index) => counts.get(index) as number) }
    })
  return { valuesUs, seconds, count: rounded.reduce((sum, { length }) => sum + length, 0) }
}

/** The percentile of all values of a sample, in microseconds; NaN where it is empty. */
export function percentileUs({ valuesUs, seconds, count }: LatencySample, percentile: number): number {
  const counts = new Float64Array(valuesUs.length)
  for (const second of seconds) {
    second.values.forEach((value, at) => {
      counts[value] = (counts[value] as number) + (second.counts[at] as number)
    })
  }
  let left = rankOf(percentile, count)
  const index = counts.findIndex((times) => {
    left -= times
    return left < 0
  })
  return valuesUs[index] ?? Number.NaN
}

/** 4 significant digits; a latency below a microsecond is one, so that it has a logarithm. */
function rounding(us: number): number {
  const value = Math.max(1, Math.round(us))
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 3)
  return Math.round(value / step) * step
}
