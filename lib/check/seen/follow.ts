/** No spec has a larger limit: what holds up to here holds however large the limit is. */
const largestLimit = 10_000_000

/** From each value that holds, or holds a few steps beside it, as far as it goes on holding. */
export function followed(
  from: readonly number[],
  step: number,
  beside: number,
  [least, most]: readonly [number, number],
  holds: (value: number) => boolean,
): [number, number][] {
  const found: [number, number][] = []
  const inside = (value: number) => found.some(([low, high]) => value >= low - step && value <= high + step)
  for (const value of from) {
    const candidates = Array.from({ length: 2 * beside + 1 }, (_, k) => value + nearest(k) * step)
    const start = candidates.find((v) => v >= least && v <= most && !inside(v) && holds(v))
    if (start === undefined) continue
    const low = edge(start, -step, least, holds)
    found.push([low, upperEdge(start, step, most, holds)])
  }
  return found.sort((a, b) => a[0] - b[0])
}

/** The last value that holds upwards; infinite where all seem to. */
function upperEdge(start: number, step: number, most: number, holds: (value: number) => boolean): number {
  if (!Number.isFinite(most)) {
    const last = edge(start, step, largestLimit, holds)
    return last + step > largestLimit ? Number.POSITIVE_INFINITY : last
  }
  return openUpwards(start, most, holds) ? Number.POSITIVE_INFINITY : edge(start, step, most, holds)
}

/** The last value that holds in one direction: in growing steps as far as it goes, then narrowed down. */
function edge(start: number, step: number, end: number, holds: (value: number) => boolean): number {
  const inRange = (value: number) => (step > 0 ? value <= end : value >= end)
  let good = start
  let reach = step
  while (inRange(good + reach) && holds(good + reach)) {
    good += reach
    reach *= 2
  }
  while (Math.abs(reach) > Math.abs(step)) {
    reach /= 2
    if (inRange(good + reach) && holds(good + reach)) good += reach
  }
  return good
}

/** 0, 1, -1, 2, -2 … */
function nearest(k: number): number {
  return k % 2 === 1 ? (k + 1) / 2 : -k / 2
}

/** Does everything up to the largest value that is looked at hold, as far as a few samples tell? */
function openUpwards(from: number, most: number, holds: (value: number) => boolean): boolean {
  const samples = 12
  for (let k = samples; k > 0; k--) if (!holds(Math.round(from + ((most - from) * k) / samples))) return false
  return true
}
