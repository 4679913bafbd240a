/** Index of the first element greater than `value` in an ascending array, where it is known to lie in [from, to]. */
export function firstAbove(
  ascending: ArrayLike<number>,
  value: number,
  from = 0,
  to = ascending.length,
): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}

/** The same as `firstAbove`, looked for outwards from a place near which it is likely to be. */
export function firstAboveNear(ascending: ArrayLike<number>, value: number, near: number): number {
  const { length } = ascending
  let low = 0
  let high = length
  if (near < length && (ascending[near] as number) <= value) {
    low = near + 1
    for (let step = 1; low + step < length; step *= 2) {
      if ((ascending[low + step] as number) > value) {
        high = low + step
        break
      }
      low += step + 1
    }
  } else {
    high = Math.min(near, length)
    for (let step = 1; high - step >= 0; step *= 2) {
      if ((ascending[high - step] as number) <= value) {
        low = high - step + 1
        break
      }
      high -= step
    }
  }
  return firstAbove(ascending, value, low, high)
}

/** Index of the first element not less than `value` in an ascending array. */
export function firstAtLeast(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) >= value) high = middle
    else low = middle + 1
  }
  return low
}

/** The same among the values at some places, which ascend: an index into the places. */
export function firstAtLeastOf(values: ArrayLike<number>, places: ArrayLike<number>, value: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[places[middle] as number] as number) >= value) high = middle
    else low = middle + 1
  }
  return low
}
