/** Values on a line of pixels. */
export interface Scale {
  /** From 0 on, the last no less than the most that there is. */
  ticks: readonly number[]
  at(value: number): number
}

/** A scale from 0 to the first round number that is no less than the most, with some five ticks. */
export function scaleTo(most: number, fromPx: number, toPx: number): Scale {
  const step = roundStep(Math.max(most, Number.MIN_VALUE) / 5)
  const count = Math.max(1, Math.ceil(most / step - 1e-9))
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)))
  const end = ticks.at(-1) as number
  return { ticks, at: (value) => Number((fromPx + ((toPx - fromPx) * value) / end).toFixed(1)) }
}

/** 1, 2 or 5 times a power of ten, no less than a number. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power
}
