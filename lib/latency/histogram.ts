import { build, type Histogram } from 'hdr-histogram-js'

/** Values are kept to so many significant digits: what is read out is at most 0.1 % too high. */
const significantDigits = 3

/**
 * An empty histogram of latencies in whole microseconds. It grows with its values, from a minute
 * to years, so nothing is too slow to be recorded.
 */
export function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: significantDigits,
  })
}
