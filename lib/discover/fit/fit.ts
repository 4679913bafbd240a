import type { Algorithm } from '../../spec/index.ts'
import type { Stream } from '../stream.ts'

/** A limit that explains what some streams met, as far as it is cheap to tell: a guess, no proof. */
export interface Fit {
  algorithm: Algorithm
  limit: number
  windowUs: number
  /** The sum of the weights of the streams that it explains. */
  explained: number
}

/** What it says for a fit to explain a stream: little where the limit was never seen to recover. */
export function weightOf({ turns }: Stream): number {
  if (turns.length === 0) return 0
  return turns.some(({ recovered }) => recovered) ? recoveredWeight : 1
}

/** Any number of streams without a recovery weighs less. */
export const recoveredWeight = 1_000

/** Limits from one to another; none where the first is larger. */
export type Limits = readonly [least: number, most: number]

/** Which limits explain a stream, given the window: none where `least > most`. */
export type LimitsAt = (stream: Stream, windowUs: number) => Limits

/** How many of ascending values are below a bound. */
export function countBelow(ascending: Float64Array, bound: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) < bound) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of ascending values are at a bound or below it. */
export function countUpTo(ascending: ArrayLike<number>, bound: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) <= bound) low = middle + 1
    else high = middle
  }
  return low
}
