import { type Steps, stepsUntil, valueAt } from '../count.ts'

/** Points of a line, x and y by turns, in the order in which they are joined. */
export type Points = number[]

/**
 * A line of steps between two instants, as points to be joined. Where there are more steps than pixels,
 * each pixel shows the least and the greatest value within it, so that no peak is lost.
 */
export function stepPoints(
  steps: Steps,
  fromUs: number,
  toUs: number,
  xOf: (us: number) => number,
  yOf: (value: number) => number,
): Points {
  const first = stepsUntil(steps, fromUs)
  const end = stepsUntil(steps, toUs)
  const pixels = Math.max(1, xOf(toUs) - xOf(fromUs))
  let value = valueAt(steps, fromUs)
  const points: Points = [xOf(fromUs), yOf(value)]
  if (end - first <= 2 * pixels) {
    for (let k = first; k < end; k++) {
      const x = xOf(steps.us[k] as number)
      points.push(x, yOf(value))
      value = steps.value[k] as number
      points.push(x, yOf(value))
    }
  } else {
    for (let k = first; k < end; ) {
      const x = Math.floor(xOf(steps.us[k] as number))
      // Until here it was what it was: a line straight to the least would be a slope.
      points.push(x, yOf(value))
      let least = value
      let most = value
      for (; k < end && xOf(steps.us[k] as number) < x + 1; k++) {
        value = steps.value[k] as number
        if (value < least) least = value
        if (value > most) most = value
      }
      points.push(x, yOf(least), x, yOf(most), x, yOf(value))
    }
  }
  points.push(xOf(toUs), yOf(value))
  return points
}
