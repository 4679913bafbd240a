import type { Limit } from '../spec/index.ts'
import { roundness } from './fit/windows.ts'
import { longestTimes } from './fitting-limits.ts'
import type { Stream } from './stream.ts'
import { writtenWindows } from './windows-left.ts'

/** So many turns show a pace. */
const leastTurns = 3
/** … which is known to such a share of it: edges let more through, and another limit in front keeps some back. */
const paceShare = 0.02
/** A stream shows it as well as the longest does where it lasts for such a share of that. */
const longEnough = 0.5
/** At most so many limits are held against the runs, those in the roundest windows first. */
const mostTries = 400

/**
 * A limit in a window that people write, which nothing contradicts: for where what a limit let through looks like
 * nothing known, as that of a counter does whose first burst another limit has cut. Whatever lets through as much as
 * it can, lets through its limit in a window, and at an edge, or as a counter begins, up to twice as much at first.
 * Pure. `undefined` where no pace was seen, or none of those that were tried is left.
 */
export function keptByPace(
  like: Limit,
  documented: Limit,
  reached: readonly Stream[],
  canBe: (limit: Limit) => boolean,
): Limit | undefined {
  const paces = pacesOf(reached)
  const least = leastBurst(reached)
  const windows = writtenWindows(longestTimes * documented.window).sort(
    (one, other) => roundness(1000 * one) - roundness(1000 * other),
  )
  const tried = new Set<string>()
  for (const window of windows) {
    for (const perUs of paces) {
      for (const limit of around(1000 * perUs * window)) {
        const key = `${limit} in ${window}`
        if (limit > least || 2 * limit < least || tried.has(key)) continue
        if (tried.size >= mostTries) return undefined
        tried.add(key)
        const one = { ...like, limit, window, algorithm: [...documented.algorithm] }
        if (canBe(one)) return one
      }
    }
  }
  return undefined
}

/** The smallest of several first bursts: that which the edge of a window has cut least. */
export function leastBurst(reached: readonly Stream[]): number {
  return Math.min(...reached.map(({ turns, beforeBurst }) => (turns[0]?.acceptedBefore ?? 0) - beforeBurst))
}

/** How much was let through a microsecond from the first onset to the last, and how long that was; none where it never recovered. */
export function paceOf({ turns }: Stream): { forUs: number; perUs: number }[] {
  const [first] = turns
  const last = turns.at(-1)
  if (!first || !last || turns.length < leastTurns) return []
  const forUs = last.firstRefused[0] - first.firstRefused[0]
  const accepted = turns.slice(1).reduce((sum, { acceptedBefore }) => sum + acceptedBefore, 0)
  return [{ forUs, perUs: accepted / forUs }]
}

/** The paces of the streams that show one for long, a microsecond. */
export function pacesOf(streams: readonly Stream[]): number[] {
  const seen = streams.flatMap(paceOf)
  const longestUs = Math.max(...seen.map(({ forUs }) => forUs))
  return seen.filter(({ forUs }) => forUs >= longEnough * longestUs).map(({ perUs }) => perUs)
}

/** Whole numbers as near to one as a pace is known, the nearest first. */
function around(middle: number): number[] {
  const from = Math.ceil(middle * (1 - paceShare))
  const to = Math.floor(middle * (1 + paceShare))
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k).sort(
    (one, other) => Math.abs(one - middle) - Math.abs(other - middle),
  )
}
