/** Index of the first element greater than `value` in an ascending array. */
export function firstAbove(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
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
