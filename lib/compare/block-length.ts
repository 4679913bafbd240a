/**
 * How many neighbours in a series belong together when it is drawn again in blocks: so many that a block
 * holds what they have in common. D. N. Politis, H. White: Automatic Block-Length Selection for the
 * Dependent Bootstrap. Econometric Reviews 23 (2004), with the correction of 28 (2009), for blocks of a
 * fixed length.
 * @returns a whole number, at least 1 and at most a third of the series.
 */
export function blockLength(series: ArrayLike<number>): number {
  const { length } = series
  const most = Math.max(1, Math.ceil(Math.min(3 * Math.sqrt(length), length / 3)))
  const exact = exactBlockLength(series)
  return Math.min(most, Math.max(1, Math.ceil(exact)))
}

/** The same before it is made a whole number within bounds; 1 where nothing varies. */
export function exactBlockLength(series: ArrayLike<number>): number {
  const { length } = series
  const mean = Array.from(series).reduce((sum, value) => sum + value, 0) / length
  const deviations = Float64Array.from(series, (value) => value - mean)
  const run = Math.max(5, Math.ceil(Math.log10(length)))
  const mostLag = Math.min(length - 1, Math.ceil(Math.sqrt(length)) + run)
  const covariances = Array.from({ length: mostLag + 1 }, (_, lag) => autocovariance(deviations, lag))
  const variance = covariances[0] as number
  if (!(variance > 0)) return 1

  // The first of several lags in a row whose autocorrelation is none that chance could not give.
  const noise = 2 * Math.sqrt(Math.log10(length) / length)
  const isQuiet = (lag: number) => Math.abs(covariances[lag] as number) < noise * variance
  let quiet = 1
  while (quiet + run - 1 <= mostLag && !Array.from({ length: run }, (_, k) => quiet + k).every(isQuiet))
    quiet++
  const width = quiet + run - 1 > mostLag ? mostLag : Math.min(mostLag, 2 * quiet)

  let spectrum = variance
  let slope = 0
  for (let lag = 1; lag <= width; lag++) {
    // A window that is flat in the middle and falls to 0 at its end.
    const weight = 2 * Math.min(1, 2 * (1 - lag / width)) * (covariances[lag] as number)
    spectrum += weight
    slope += weight * lag
  }
  return Math.cbrt((length * 2 * slope ** 2) / ((4 / 3) * spectrum ** 2))
}

function autocovariance(deviations: Float64Array, lag: number): number {
  let sum = 0
  for (let at = lag; at < deviations.length; at++) {
    sum += (deviations[at] as number) * (deviations[at - lag] as number)
  }
  return sum / deviations.length
}
