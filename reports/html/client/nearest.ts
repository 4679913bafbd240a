/** How many values of an ascending list are below a value. */
export function countBelow(values: Float64Array, value: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The request that is nearest to a place: among those that `distanceOf` gives a distance, looked for
 * from the instant outwards as far as `reachOf` a request's own instant is below the best distance.
 * @returns its index, or -1.
 */
export function nearest(
  sentUs: Float64Array,
  atUs: number,
  farthest: number,
  reachOf: (us: number) => number,
  distanceOf: (index: number) => number,
): number {
  let best = farthest
  let found = -1
  const start = countBelow(sentUs, atUs)
  const look = (index: number) => {
    if (reachOf(sentUs[index] as number) > best) return false
    const distance = distanceOf(index)
    if (distance < best) {
      best = distance
      found = index
    }
    return true
  }
  for (let index = start; index < sentUs.length && look(index); index++);
  for (let index = start - 1; index >= 0 && look(index); index--);
  return found
}

/** The next request after `index` (or before it, for -1) that met something else than the one before. */
export function nextEdge(outcome: Uint8Array, index: number, direction: 1 | -1): number {
  for (let k = index + direction; k > 0 && k < outcome.length; k += direction) {
    if (outcome[k] !== outcome[k - 1]) return k
  }
  return -1
}
