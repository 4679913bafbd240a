/** The indices of values, in ascending order of the values; equal ones stay in their order. */
export function orderOf(values: Float64Array): Uint32Array {
  const { length } = values
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  // Numbers are sorted several times as fast without a function that compares them, so the index
  // goes into the number where there is room for it.
  if (length > 0 && (most - least + 1) * length < Number.MAX_SAFE_INTEGER && values.every(Number.isInteger)) {
    const keys = values.map((value, index) => (value - least) * length + index).sort()
    return Uint32Array.from(keys, (key) => key % length)
  }
  return Uint32Array.from(values.keys()).sort(
    (one, other) => (values[one] as number) - (values[other] as number) || one - other,
  )
}
