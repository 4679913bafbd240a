import { giveBack } from './give-back.ts'

/** More than so many items in one bucket are sorted as they are sorted anywhere. */
const mostAtOnce = 64

/** Items of one bucket, on average. */
const bucketSize = 4

/** Items are moved to their places one by one, as long as that takes no more moves than so many for each so far. */
const fewMoves = 2

/** So many more moves are always made before that is given up. */
const someMoves = 100

/**
 * Items by a value of each, ascending; those of equal value stay in the order in which they are given.
 * Takes time in proportion to their number where they are nearly in order, or values are spread evenly, as
 * instants of a run mostly are; what is crowded takes what sorting takes.
 * @param items whole numbers from 0 on, which are places in `keys`. Left as they are.
 * @param keys finite numbers.
 */
export function sortedBy(items: Uint32Array, keys: Float64Array): Uint32Array<ArrayBuffer> {
  return sortBy(Uint32Array.from(items), keys)
}

/** The places of values, so that these ascend; those of equal values ascend themselves. */
export function placesBy(values: Float64Array): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(values.length)
  for (let k = 0; k < places.length; k++) places[k] = k
  return sortBy(places, values)
}

/** The same as `sortedBy`, of items that are given up: they must not be used afterwards. */
export function sortBy(sorted: Uint32Array<ArrayBuffer>, keys: Float64Array): Uint32Array<ArrayBuffer> {
  // What was moved before that was given up is as good a beginning as any: equal ones are still in order.
  if (insert(sorted, keys, fewMoves)) return sorted
  return byBuckets(sorted, keys)
}

function byBuckets(items: Uint32Array<ArrayBuffer>, keys: Float64Array): Uint32Array<ArrayBuffer> {
  const count = items.length
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) {
    const value = keys[items[k] as number] as number
    if (value > most) most = value
    if (value < least) least = value
  }
  const buckets = Math.ceil(count / bucketSize)
  const perUnit = (buckets - 1) / (most - least)
  const bucketOf = (k: number) => Math.floor(((keys[items[k] as number] as number) - least) * perUnit)
  const ends = new Uint32Array(buckets)
  for (let k = 0; k < count; k++) {
    const bucket = bucketOf(k)
    ends[bucket] = (ends[bucket] as number) + 1
  }
  for (let b = 1; b < buckets; b++) ends[b] = (ends[b] as number) + (ends[b - 1] as number)
  const sorted = new Uint32Array(count)
  // Each bucket is filled from its end on, and where it has been filled to ends up where it begins.
  for (let k = count - 1; k >= 0; k--) {
    const bucket = bucketOf(k)
    const place = (ends[bucket] as number) - 1
    sorted[place] = items[k] as number
    ends[bucket] = place
  }
  for (let b = 0; b < buckets; b++) {
    const from = ends[b] as number
    const to = ends[b + 1] ?? count
    if (to - from > mostAtOnce)
      sorted.subarray(from, to).sort((a, c) => (keys[a] as number) - (keys[c] as number))
  }
  giveBack(ends)
  giveBack(items)
  insert(sorted, keys, Number.POSITIVE_INFINITY)
  return sorted
}

/** Sorts items in place by moving each before those that are greater. Gives up, halfway, where that takes too many moves. */
function insert(items: Uint32Array, keys: Float64Array, mostMovesEach: number): boolean {
  let moves = 0
  let before = Number.NEGATIVE_INFINITY
  for (let k = 0; k < items.length; k++) {
    const item = items[k] as number
    const value = keys[item] as number
    if (value >= before) {
      before = value
      continue
    }
    let place = k
    while (place > 0 && (keys[items[place - 1] as number] as number) > value) {
      items[place] = items[place - 1] as number
      place--
    }
    items[place] = item
    moves += k - place
    if (moves > mostMovesEach * k + someMoves) return false
  }
  return true
}
