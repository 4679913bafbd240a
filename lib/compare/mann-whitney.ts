import { median } from './quantile.ts'

/** Two-sided bounds of a shift, and how sure they are. */
export interface ShiftInterval {
  from: number
  to: number
  /** The confidence that few values can give may be far from the one that was asked for. */
  confidence: number
}

/**
 * The exact chance, if both groups are alike, that the second stands at least as high in the order of
 * all values as it does (Mann and Whitney's U, one-sided). Equal values share their rank, and the chance
 * is over all ways in which the values could have been shared out between the groups.
 */
export function chanceThatHigher(base: readonly number[], run: readonly number[]): number {
  const all = [...base, ...run].sort((one, other) => one - other)
  // Twice the rank is a whole number with equal values too.
  const doubled = (value: number) => all.indexOf(value) + all.lastIndexOf(value) + 2
  const ways = waysToSum(all.map(doubled), run.length)
  const observed = run.reduce((sum, value) => sum + doubled(value), 0)
  let atLeast = 0
  let total = 0
  ways.forEach((count, sum) => {
    total += count
    if (sum >= observed) atLeast += count
  })
  return atLeast / total
}

/** The least chance that groups of these sizes can give, however far apart they are. */
export function leastChance(baseCount: number, runCount: number): number {
  let ways = 1
  for (let k = 1; k <= runCount; k++) ways = (ways * (baseCount + k)) / k
  return 1 / ways
}

/** In how many ways so many of the numbers add up to each sum; exact up to 2^53, then to 15 digits. */
function waysToSum(numbers: readonly number[], picked: number): Float64Array {
  const most = numbers.reduce((sum, number) => sum + number, 0)
  const ways = Array.from({ length: picked + 1 }, () => new Float64Array(most + 1))
  ;(ways[0] as Float64Array)[0] = 1
  let reached = 0
  for (const number of numbers) {
    reached += number
    for (let size = picked; size >= 1; size--) {
      const smaller = ways[size - 1] as Float64Array
      const target = ways[size] as Float64Array
      for (let sum = number; sum <= reached; sum++) {
        target[sum] = (target[sum] as number) + (smaller[sum - number] as number)
      }
    }
  }
  return ways[picked] as Float64Array
}

/** By how much the second group lies higher: the median of all differences (Hodges and Lehmann). */
export function hodgesLehmann(base: readonly number[], run: readonly number[]): number {
  return median(differences(base, run))
}

/**
 * The shifts that U does not exclude: from the k-th least difference to the k-th greatest, with the
 * largest k that is at least as sure as was asked for. Where so few values can give no such interval, the
 * widest that they give, which says how sure it is.
 */
export function shiftInterval(
  base: readonly number[],
  run: readonly number[],
  confidence: number,
): ShiftInterval {
  const sorted = differences(base, run)
  const ranks = Array.from({ length: base.length + run.length }, (_, index) => index + 1)
  const ways = waysToSum(ranks, run.length)
  const leastSum = (run.length * (run.length + 1)) / 2
  const total = ways.reduce((sum, count) => sum + count, 0)
  let cut = 0
  let below = (ways[leastSum] as number) / total
  for (;;) {
    const next = below + (ways[leastSum + cut + 1] ?? 0) / total
    if (2 * next > 1 - confidence || 2 * (cut + 1) >= sorted.length) break
    below = next
    cut++
  }
  return {
    from: sorted[cut] as number,
    to: sorted[sorted.length - 1 - cut] as number,
    confidence: 1 - 2 * below,
  }
}

function differences(base: readonly number[], run: readonly number[]): number[] {
  return run.flatMap((value) => base.map((before) => value - before)).sort((one, other) => one - other)
}
