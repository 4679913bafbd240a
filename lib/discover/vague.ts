import type { Limit } from '../spec/index.ts'
import { fittingLimits, longestTimes } from './fitting-limits.ts'
import type { Stream } from './stream.ts'
import { writtenWindows } from './windows-left.ts'

/** Windows that differ by more are others altogether. */
const farShare = 0.3

/**
 * Does another limit altogether explain all runs as well as one that no run has passed with? Asked for are the windows
 * that people write, with as much as was let through before the first refusals, and with what else the runs look like:
 * the true limit is mostly among these, and nothing contradicts that.
 */
export function isVague(
  limit: Limit,
  documented: Limit,
  streams: readonly Stream[],
  canBe: (limit: Limit) => boolean,
): boolean {
  const fits = fittingLimits(limit, documented, streams).map((fit) => fit.limit)
  const bursts = streams.flatMap(({ turns: [first], beforeBurst }) =>
    first ? [first.acceptedBefore, first.acceptedBefore - beforeBurst] : [],
  )
  const least = bursts.length > 0 ? [Math.min(...bursts)] : []
  const most = new Set([limit.limit, ...least, ...fits.map((fit) => fit.limit)])
  const windows = [
    (1 - farShare) * limit.window,
    (1 + farShare) * limit.window,
    ...writtenWindows(longestTimes * documented.window),
  ].map(Math.round)
  const others = [...most].flatMap((one) => windows.map((window) => ({ ...limit, limit: one, window })))
  return [...fits, ...others].some((other) => isFarFrom(limit, other) && canBe(other))
}

function isFarFrom(one: Limit, { window }: Limit): boolean {
  return Math.abs(window / one.window - 1) > 0.9 * farShare
}
