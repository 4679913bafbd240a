/** Where a series changes: from this value on, counted from 0, it is another. */
export interface ChangePoint {
  at: number
  /** How often chance alone gives a split as sharp, by permutations of the part that was split. */
  p: number
}

export interface ChangePointOptions {
  /** A split that chance gives more often than this is none. */
  alpha: number
  permutations: number
  /** Numbers from 0 to 1. */
  random: () => number
}

/** A part shorter than this is no level of its own: one odd run is no change. */
export const leastPart = 3

/**
 * The points at which a series changes its level, in order: E-divisive with the ends of the parts kept
 * ("with means"). Again and again the sharpest split of all parts is held against the sharpest ones that
 * permutations within the parts give, until chance explains it.
 * D. S. Matteson, N. A. James: A Nonparametric Approach for Multiple Change Point Analysis of Multivariate
 * Data. JASA 109 (2014); D. Daly and others: The Use of Change Point Detection to Identify Software
 * Performance Regressions in a Continuous Integration System. ICPE 2020; M. Fleming and others: Hunter:
 * Using Change Point Detection to Hunt for Performance Regressions. ICPE 2023 (Apache Otava).
 */
export function changePoints(series: readonly number[], options: ChangePointOptions): ChangePoint[] {
  const found: ChangePoint[] = []
  for (;;) {
    const ends = [0, ...found.map(({ at }) => at).sort((one, other) => one - other), series.length]
    const parts = ends.slice(1).map((end, index) => series.slice(ends[index], end))
    let sharpest: { at: number; sharpness: number } | undefined
    parts.forEach((part, index) => {
      const split = sharpestSplit(part)
      if (!split || (sharpest && split.sharpness <= sharpest.sharpness)) return
      sharpest = { at: (ends[index] as number) + split.at, sharpness: split.sharpness }
    })
    if (!sharpest) break
    const p = chanceOf(parts, sharpest.sharpness, options)
    if (p > options.alpha) break
    found.push({ at: sharpest.at, p })
  }
  return found.sort((one, other) => one.at - other.at)
}

/** The split with the greatest sharpness; undefined where the series is too short for two parts. */
export function sharpestSplit(series: readonly number[]): { at: number; sharpness: number } | undefined {
  const sharpness = splitSharpness(series)
  let best: { at: number; sharpness: number } | undefined
  for (let at = leastPart; at <= series.length - leastPart; at++) {
    const value = sharpness[at] as number
    if (!best || value > best.sharpness) best = { at, sharpness: value }
  }
  return best
}

/**
 * For each split how far apart both sides are: twice the mean distance across, less the mean distances
 * within, times m·n/(m + n). 0 where a side has fewer than two values. The split's index is where its
 * second side begins.
 */
export function splitSharpness(series: readonly number[]): Float64Array {
  const { length } = series
  const sharpness = new Float64Array(length)
  // Sums of distances: within what is left of the split, within what is right, and across.
  let left = 0
  let right = 0
  let across = 0
  for (let i = 0; i < length; i++) for (let j = i + 1; j < length; j++) right += distance(series, i, j)
  for (let at = 1; at < length; at++) {
    const moved = at - 1
    let toLeft = 0
    let toRight = 0
    for (let i = 0; i < moved; i++) toLeft += distance(series, moved, i)
    for (let i = at; i < length; i++) toRight += distance(series, moved, i)
    left += toLeft
    right -= toRight
    across += toRight - toLeft
    const m = at
    const n = length - at
    if (m < 2 || n < 2) continue
    const between = (2 * across) / (m * n)
    const within = left / ((m * (m - 1)) / 2) + right / ((n * (n - 1)) / 2)
    sharpness[at] = ((m * n) / (m + n)) * (between - within)
  }
  return sharpness
}

function distance(series: readonly number[], i: number, j: number): number {
  return Math.abs((series[i] as number) - (series[j] as number))
}

/** How often permutations within the parts have a split at least as sharp somewhere. */
function chanceOf(parts: readonly number[][], sharpness: number, options: ChangePointOptions): number {
  const { permutations, random } = options
  const shuffled = parts.map((part) => [...part])
  // Sums in another order differ in their last digits.
  const isAsSharp = (part: number[]) => (sharpestSplit(part)?.sharpness ?? 0) >= sharpness * (1 - 1e-9)
  let asSharp = 0
  for (let permutation = 0; permutation < permutations; permutation++) {
    for (const part of shuffled) shuffle(part, random)
    if (shuffled.some(isAsSharp)) asSharp++
  }
  return (asSharp + 1) / (permutations + 1)
}

/** R. A. Fisher and F. Yates's way: every order is as likely. */
function shuffle(values: number[], random: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const value = values[last] as number
    values[last] = values[other] as number
    values[other] = value
  }
}
