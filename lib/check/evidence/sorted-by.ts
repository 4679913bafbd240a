/** More than so many items in one bucket are sorted as they are sorted anywhere. */
const mostAtOnce = 64

/** Items of one bucket, on average. */
const bucketSize = 4

/**
 * Items by a value of each, ascending; those of equal value stay in the order in which they are given.
 * Takes time in proportion to their number where values are spread evenly, as instants of a run mostly
 * are; what is crowded takes what sorting takes.
 * @param items whole numbers from 0 on, which are places in `keys`. Left as they are.
 * @param keys finite numbers.
 */
export function sortedBy(items: Uint32Array, keys: Float64Array): Uint32Array<ArrayBuffer> {
  const count = items.length
  const at = (k: number) => keys[items[k] as number] as number
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let ascending = true
  for (let k = 0; k < count; k++) {
    const value = at(k)
    if (value < most) ascending = false
    else most = value
    if (value < least) least = value
  }
  if (ascending) return Uint32Array.from(items)
  const buckets = Math.ceil(count / bucketSize)
  const perUnit = (buckets - 1) / (most - least)
  const bucketOf = (k: number) => Math.floor((at(k) - least) * perUnit)
  const begins = new Uint32Array(buckets + 1)
  for (let k = 0; k < count; k++) {
    const after = bucketOf(k) + 1
    begins[after] = (begins[after] as number) + 1
  }
  for (let b = 0; b < buckets; b++) begins[b + 1] = (begins[b + 1] as number) + (begins[b] as number)
  const sorted = new Uint32Array(count)
  const next = begins.slice()
  for (let k = 0; k < count; k++) {
    const bucket = bucketOf(k)
    const place = next[bucket] as number
    sorted[place] = items[k] as number
    next[bucket] = place + 1
  }
  for (let b = 0; b < buckets; b++) {
    const [from, to] = [begins[b] as number, begins[b + 1] as number]
    if (to - from > mostAtOnce) {
      sorted.subarray(from, to).sort((a, c) => (keys[a] as number) - (keys[c] as number))
    } else if (to - from > 1) insert(sorted, from, to, keys)
  }
  return sorted
}

/** Sorts a few items in place. */
function insert(items: Uint32Array, from: number, to: number, keys: Float64Array): void {
  for (let k = from + 1; k < to; k++) {
    const item = items[k] as number
    const value = keys[item] as number
    let place = k
    while (place > from && (keys[items[place - 1] as number] as number) > value) {
      items[place] = items[place - 1] as number
      place--
    }
    items[place] = item
  }
}
