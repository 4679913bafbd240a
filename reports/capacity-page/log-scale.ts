/** A logarithmic axis: from values to places, and what is written along it. */
export interface LogScale {
  at(value: number): number
  ticks: { value: number; place: number }[]
}

const most = 7

/**
 * A logarithmic scale over some values above 0, with a little room at both ends. Its ticks are 1, 2 and 5
 * times powers of ten, or powers of ten where those are too many.
 * @param from the place of the least value, `to` that of the greatest.
 */
export function logScale(values: readonly number[], from: number, to: number): LogScale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value))
  const [least, greatest] = positive.length === 0 ? [1, 10] : [Math.min(...positive), Math.max(...positive)]
  const [low, high] = [Math.log(least / 1.25), Math.log(greatest * 1.25)]
  const at = (value: number) => from + ((to - from) * (Math.log(value) - low)) / (high - low)
  const inside = (value: number) => Math.log(value) >= low && Math.log(value) <= high
  const powers = Array.from({ length: 24 }, (_, k) => 10 ** (k - 12))
  const fine = powers.flatMap((power) => [1, 2, 5].map((digit) => digit * power)).filter(inside)
  const chosen = fine.length <= most ? fine : powers.filter(inside)
  return { at, ticks: chosen.map((value) => ({ value, place: at(value) })) }
}
