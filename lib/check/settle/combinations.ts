/** How many combinations are tried. */
export const mostCombinations = 48

/**
 * One of each of some lists, the likeliest first in each: the first of all together, then one list's others at a
 * time, in turn, then mixtures. No combination twice, and at most so many; none where a list is empty.
 */
export function* combinations<Start>(choices: readonly (readonly Start[])[]): Generator<Start[]> {
  let given = 0
  for (const chosen of inMixtures(choices.map(({ length }) => length))) {
    if (given++ === mostCombinations) return
    yield choices.map((starts, k) => starts[chosen[k] as number] as Start)
  }
}

/** For each of some lists, a place in it: every combination once, those first that leave the first places least. */
function* inMixtures(lengths: readonly number[]): Generator<number[]> {
  const first = lengths.map(() => 0)
  if (lengths.includes(0)) return
  yield first
  for (let place = 1; place < Math.max(...lengths); place++)
    for (const [k, length] of lengths.entries()) if (place < length) yield first.with(k, place)
  const strides = lengths.map((_, k) => lengths.slice(0, k).reduce((product, length) => product * length, 1))
  const total = lengths.reduce((product, length) => product * length, 1)
  for (let n = 0; n < total; n++) {
    const mixed = lengths.map((length, k) => Math.floor(n / (strides[k] as number)) % length)
    if (mixed.filter((place) => place > 0).length > 1) yield mixed
  }
}
