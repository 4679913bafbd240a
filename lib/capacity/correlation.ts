/** More values than this are put together in groups first: what belongs together spans many of them. */
const mostGroups = 2_000

/**
 * How many values of a series tell as much as one that depends on no other: requests that meet the same
 * queue are slow together. It is the variance of the series' mean as a multiple of what it would be were
 * all values independent: 1 + 2 × the sum of the autocorrelations, summed for as long as pairs of
 * neighbours stay positive and fall (the initial monotone sequence: C. J. Geyer, Practical Markov Chain
 * Monte Carlo, Statistical Science 7, 1992).
 * @returns at least 1; 1 for a series that does not vary.
 */
export function correlatedCount(values: ArrayLike<number>): number {
  const groupSize = Math.max(1, Math.ceil(values.length / mostGroups))
  const groups = Math.floor(values.length / groupSize)
  if (groups < 4) return 1
  const used = groups * groupSize
  let [sum, squares] = [0, 0]
  for (let at = 0; at < used; at++) {
    const value = values[at] as number
    sum += value
    squares += value * value
  }
  const mean = sum / used
  const variance = squares / used - mean * mean
  if (!(variance > 1e-12)) return 1
  const deviations = new Float64Array(groups)
  for (let at = 0; at < used; at++) {
    const group = Math.floor(at / groupSize)
    deviations[group] = (deviations[group] as number) + ((values[at] as number) - mean)
  }
  const total = longRunVariance(deviations)
  return Math.max(1, total / (groupSize * variance))
}

/** The variance of the sum of a series with mean 0, for each of its values. */
function longRunVariance(deviations: Float64Array): number {
  const mostLag = Math.floor(deviations.length / 2)
  let total = -autocovariance(deviations, 0)
  let least = Number.POSITIVE_INFINITY
  for (let lag = 0; lag + 1 <= mostLag; lag += 2) {
    const pair = autocovariance(deviations, lag) + autocovariance(deviations, lag + 1)
    if (pair <= 0) break
    least = Math.min(least, pair)
    total += 2 * least
  }
  return total
}

function autocovariance(deviations: Float64Array, lag: number): number {
  let sum = 0
  for (let at = lag; at < deviations.length; at++) {
    sum += (deviations[at] as number) * (deviations[at - lag] as number)
  }
  return sum / deviations.length
}
