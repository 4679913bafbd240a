/** The position in `[from, to)` of the first of ascending values that is no less than this, or `to`. */
export function firstFrom(
  values: Float64Array | Uint32Array,
  from: number,
  to: number,
  least: number,
): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}
