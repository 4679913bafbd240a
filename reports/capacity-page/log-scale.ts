/** A logarithmic axis: from values to places, and what is written along it. */
export interface LogScale {
  at(value: number): number
  ticks: { value: number; place: number }[]
}

const most = 7

/**
 * A logarithmic scale over some values above 0, with a little room at both ends. Its ticks are as
 * many multiples of powers of ten as have room: all of them, 1, 2 and 5 times them, or these alone.
 * @param from the place of the least value, `to` that of the greatest.
 */
export function logScale(values: readonly number[], from: number, to: number): LogScale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value))
  const [least, greatest] = positive.length === 0 ? [1, 10] : [Math.min(...positive), Math.max(...positive)]
  const [low, high] = [Math.log(least / 1.25), Math.log(greatest * 1.25)]
  const at = (value: number) => from + ((to - from) * (Math.log(value) - low)) / (high - low)
  const inside = (value: number) => Math.log(value) >= low && Math.log(value) <= high
  const powers = Array.from({ length: 24 }, (_, k) => 10 ** (k - 12))
  const times = (digits: number[]) =>
    powers.flatMap((power) => digits.map((digit) => digit * power)).filter(inside)
  const choices = [times([1, 2, 3, 4, 5, 6, 7, 8, 9]), times([1, 2, 5]), times([1])]
  const chosen = choices.find(({ length }) => length <= most) ?? []
  return { at, ticks: chosen.map((value) => ({ value: Number(value.toPrecision(1)), place: at(value) })) }
}
