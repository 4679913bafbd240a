import { blockLength } from './block-length.ts'
import type { LatencySample } from './latency-sample.ts'
import { percentileUs } from './latency-sample.ts'
import { rankOf } from './quantile.ts'

/**
 * How many seconds of a run belong together: what happens in one goes on in the next, such as a
 * collection of garbage or a neighbour's work. The longest that any of the percentiles asks for.
 */
export function blockSeconds(sample: LatencySample, percentiles: readonly number[]): number {
  return Math.max(1, ...percentiles.map((percentile) => blockLength(excesses(sample, percentile))))
}

/**
 * For each second how many more of its values lie beyond the percentile than its share. What a quantile
 * deviates by is, but for a factor, the sum of these.
 */
function excesses(sample: LatencySample, percentile: number): number[] {
  const quantileUs = percentileUs(sample, percentile)
  return sample.seconds.map(({ values, counts }) => {
    let beyond = 0
    let all = 0
    counts.forEach((count, at) => {
      all += count
      if ((sample.valuesUs[values[at] as number] as number) > quantileUs) beyond += count
    })
    return beyond - (1 - percentile / 100) * all
  })
}

/**
 * Draws a run again and again from blocks of its own seconds (the moving-block bootstrap: H. R. Künsch,
 * The Annals of Statistics 17, 1989), and takes the percentiles of each.
 * @param random numbers from 0 to 1.
 * @returns for each percentile the logarithms of so many values in microseconds.
 */
export function resampledPercentiles(
  { valuesUs, seconds }: LatencySample,
  percentiles: readonly number[],
  blockLength: number,
  resamples: number,
  random: () => number,
): Float64Array[] {
  const logs = Float64Array.from(valuesUs, Math.log)
  const found = percentiles.map(() => new Float64Array(resamples))
  const inOrder = percentiles.map((_, index) => index)
  inOrder.sort((one, other) => (percentiles[one] as number) - (percentiles[other] as number))
  const starts = seconds.length - blockLength + 1
  const counts = new Uint32Array(valuesUs.length)
  for (let resample = 0; resample < resamples; resample++) {
    counts.fill(0)
    let total = 0
    for (let drawn = 0; drawn < seconds.length; drawn += blockLength) {
      const start = Math.floor(random() * starts)
      const end = start + Math.min(blockLength, seconds.length - drawn)
      for (let second = start; second < end; second++) total += addSecond(counts, seconds, second)
    }
    let value = -1
    let passed = 0
    for (const index of inOrder) {
      const rank = rankOf(percentiles[index] as number, total)
      while (passed <= rank) passed += counts[++value] as number
      ;(found[index] as Float64Array)[resample] = logs[value] as number
    }
  }
  return found
}

/** @returns how many values the second has. */
function addSecond(counts: Uint32Array, seconds: LatencySample['seconds'], second: number): number {
  const { values, counts: times } = seconds[second] as LatencySample['seconds'][number]
  let all = 0
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number
    const count = times[at] as number
    counts[value] = (counts[value] as number) + count
    all += count
  }
  return all
}
