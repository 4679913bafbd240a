/** MSER-5 looks at means of so many values. */
const batchSize = 5

/**
 * How many values at the start of a series belong to its warm-up: cutting them off leaves the mean of
 * the rest as sharp as it can be (rule MSER-5: K. P. White, An Effective Truncation Heuristic for Bias
 * Reduction in Simulation Output, Simulation 69, 1997). It looks no further than half of the series:
 * where the best cut is there, the series has not settled.
 * @returns the number of values, a multiple of 5, and whether the rest has settled; a series shorter
 * than 20 has not.
 */
export function warmUp(values: ArrayLike<number>): { count: number; settled: boolean } {
  const batches = Math.floor(values.length / batchSize)
  if (batches < 4) return { count: 0, settled: false }
  const means = new Float64Array(batches)
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0
    for (let k = 0; k < batchSize; k++) sum += values[batch * batchSize + k] as number
    means[batch] = sum / batchSize
  }
  const mostCut = batches >> 1
  let [sum, squares] = [0, 0]
  let best = { cut: 0, value: Number.POSITIVE_INFINITY }
  for (let cut = batches - 1; cut >= 0; cut--) {
    const mean = means[cut] as number
    sum += mean
    squares += mean * mean
    if (cut > mostCut) continue
    const left = batches - cut
    const value = (squares - (sum * sum) / left) / (left * left)
    if (value <= best.value) best = { cut, value }
  }
  return { count: best.cut * batchSize, settled: best.cut < mostCut }
}
