import { isSurelyBucket, type Limit } from '../spec/index.ts'
import { roundness } from './fit/windows.ts'
import { fittingLimits, longestTimes } from './fitting-limits.ts'
import { keptByPace, leastBurst, paceOf } from './kept-by-pace.ts'
import { mostLetThrough } from './let-through.ts'
import { roundestWindowMs } from './round-window.ts'
import type { Stream } from './stream.ts'
import {
  bucketBeside,
  type ExplainedBy,
  multipleBeside,
  refined,
  roundestOf,
  writtenBucket,
} from './windows-left.ts'

/** What is known of a limit after a run that took it to be something. */
export type Guess =
  /**
   * To be taken as that in the next run; it was so often before, and nothing was settled by that. A brief run
   * shows the first burst with a clock that has hardly strayed.
   */
  | { kind: 'next'; limit: Limit; timesTried: number; isBrief?: true }
  /** A run has proven it, and nothing else explains them all. */
  | { kind: 'proven'; limit: Limit }
  /** Runs do not prove what it is: more of the same would not, either. With what nothing contradicts, if that was tried. */
  | { kind: 'unproven'; limit?: Limit }
  /** Nothing refused up to here. */
  | { kind: 'above' }

/** A limit that nothing has reached is looked for at so many times as much. */
const growth = 4

/** A window that nothing has ended is looked for at so many times as long. */
const stretch = 3
/** A run that shows a window from end to end is so many times as long as what was seen, at least. */
const longer = 1.5

/** A guess that nothing contradicts is fired at up to so many times: each time the phases are others. */
const mostTimesTried = 4
/** … up to so many times where runs are brief, … */
const mostTimesBrief = 3
/** … up to so many times where a bucket is met only by what flows for long, in which the clock strays, … */
const mostTimesSlow = 1
/** … and up to so many times before others that explain as much. */
const timesFirst = 2
/** What refused, and is explained by nothing yet, is fired at so many times as the same. */
const mostTimesWithoutFit = 2

/** What is known of a limit when it is guessed at. */
export interface Clues {
  /** What its requests met in each run so far. */
  streams: readonly Stream[]
  /** Did others refuse what came as fast as it could? */
  isBehind: boolean
  /** Was then all tried that could reach it behind them? */
  isTried: boolean
  /** Larger limits are not looked for. */
  mostLimit: number
  /** Does it refuse a burst before others do? */
  isMetByBurst: boolean
  /** The limit as the spec has it. */
  documented: Limit
  /** What became of what it was taken for before, by words. */
  tried: ReadonlyMap<string, Tried>
  /** Do all values of its scope share it? Then nothing but a run that was made for a limit contradicts that. */
  isShared: boolean
  /** Can all that was seen have been met at such a limit? `false` only with proofs. */
  canBe: (limit: Limit) => boolean
  /** The same, together with the other limit on the same requests, where that is known. It takes longer. */
  canBeTogether: (limit: Limit) => boolean
}

/** What became of it when a limit was taken for something. */
export interface Tried {
  limit: Limit
  times: number
  /** A run has shown that it is not that. */
  failed: boolean
  /** A run was explained by that and by nothing near it: with these windows. */
  passed?: readonly ExplainedBy[]
}

/** A limit in words by which two are the same. */
export function inWords({ limit, window, algorithm }: Limit): string {
  return `${limit}/${window}/${algorithm.join()}`
}

/** What to take a limit for in the next run. Pure. */
export function nextGuess(limit: Limit, clues: Clues): Guess {
  const { streams, isBehind, isTried, isShared, mostLimit, documented, tried } = clues
  const { canBe, canBeTogether, isMetByBurst } = clues
  const reached = streams.filter(({ turns }) => turns.length > 0)
  if (reached.length === 0) {
    const most = mostLetThrough(streams, documented.window)
    const isEnough = isBehind ? isTried && tried.size > 1 : limit.limit >= mostLimit
    if (isEnough) return { kind: 'above' }
    const next = isBehind ? 2 * most : Math.max(growth * limit.limit, 2 * most)
    return {
      kind: 'next',
      limit: { ...limit, limit: Math.max(1, Math.min(mostLimit, next)) },
      timesTried: 0,
    }
  }
  const fits = fittingLimits(limit, documented, streams)
  // Windows that differ by less than a run can tell are tried as one.
  const timesTried = (guess: Limit) =>
    [...tried.values()]
      .filter((one) => !one.failed && isAlike(one.limit, guess))
      .reduce((sum, { times }) => sum + times, 0)
  const open = fits.filter((fit) => tried.get(inWords(fit.limit))?.failed !== true)
  const passed = passedOf(tried).find(canBe)
  if (passed) {
    // Another that is far away, and was never fired at, would explain it as well.
    const fit = open.find((one) => one.explainsAll && !isAlike(one.limit, passed) && canBe(one.limit))
    const isLeft = canBeTogether(passed) ? canBeTogether : canBe
    const longestMs = isShared ? 0 : longestTimes * documented.window
    const far = fit?.limit ?? multipleBeside(passed, isLeft, explainedBy(passed, tried), longestMs)
    const other = far ?? bucketBeside(passed, isLeft)
    if (!other) return { kind: 'proven', limit: passed }
    const times = timesTried(other)
    const isSlow = isSurelyBucket(passed) && !isMetByBurst
    if (times >= (isSlow ? mostTimesSlow : far ? mostTimesTried : mostTimesBrief))
      return { kind: 'unproven', limit: passed }
    if (!far && isBeyondClock(passed, reached)) return { kind: 'unproven', limit: passed }
    return { kind: 'next', limit: other, timesTried: times, ...(!far && { isBrief: true }) }
  }
  // What some run contradicts makes room for what none does, …
  const left = open
    .map((fit) => ({ ...fit, limit: refined(fit.limit, canBe) }))
    .filter((fit) => canBe(fit.limit))
  // … and what two runs have not settled for what explains as much.
  const [first] = left
  const best =
    left.find((fit) => timesTried(fit.limit) < timesFirst && fit.explained === first?.explained) ?? first
  const kept = best?.limit ?? keptByPace(limit, documented, reached, canBe) ?? open[0]?.limit
  if (!kept) {
    const next = withoutFit(limit, reached, documented.window)
    const isExhausted = (tried.get(inWords(next))?.times ?? 0) >= mostTimesWithoutFit
    return isExhausted ? { kind: 'unproven' } : { kind: 'next', limit: next, timesTried: 0 }
  }
  const times = timesTried(kept)
  if (times < mostTimesTried) return { kind: 'next', limit: kept, timesTried: times }
  return { kind: 'unproven', ...(canBe(kept) && { limit: kept }) }
}

type Seen = Pick<Clues, 'streams' | 'documented' | 'tried' | 'canBe'>

/**
 * The limit that is likeliest where runs have proven none: of those that none contradicts the one that explains
 * most of what refused and recovered; of buckets that refill as fast, one with a window that people write. Pure.
 * @returns `undefined` where all that is known of is contradicted.
 */
export function likeliest(limit: Limit, seen: Seen): Limit | undefined {
  const likely = uncontradicted(limit, seen)
  return likely && writtenBucket(likely, seen.canBe)
}

function uncontradicted(limit: Limit, { streams, documented, tried, canBe }: Seen): Limit | undefined {
  const passed = passedOf(tried).filter(canBe)
  // Of buckets that differ by one, people have written that with the round window.
  passed.sort((one, other) => roundness(1000 * one.window) - roundness(1000 * other.window))
  if (passed[0]) return passed[0]
  for (const fit of fittingLimits(limit, documented, streams)) {
    const one = fit.explainsMost ? refined(fit.limit, canBe) : undefined
    if (one && canBe(one)) return one
  }
  const reached = streams.filter(({ turns }) => turns.length > 0)
  return reached.length > 0 ? keptByPace(limit, documented, reached, canBe) : undefined
}

/** Limits with which a run has passed, the last ones first: each with the roundest window of those that would have. */
function passedOf(tried: ReadonlyMap<string, Tried>): Limit[] {
  return [...tried.values()].reverse().flatMap(({ limit, failed, passed }) => {
    if (failed || passed === undefined) return []
    return [{ ...limit, window: roundestOf(passed) }, limit]
  })
}

/** The windows with which the last run explained a limit that passed with it; none where no run did. */
export function explainedBy(limit: Limit, tried: ReadonlyMap<string, Tried>): readonly ExplainedBy[] {
  const passed = [...tried.values()].filter((one) => !one.failed && isAlike(one.limit, limit))
  return passed.findLast((one) => one.passed !== undefined)?.passed ?? []
}

/** Does a bucket let one more through sooner than anybody knows when it decided? Then no run tells its neighbours. */
function isBeyondClock({ limit, window }: Limit, reached: readonly Stream[]): boolean {
  const sharpestUs = Math.min(...reached.map(sharpestUsOf))
  return 2 * sharpestUs > (1000 * window) / limit
}

/** How sharply it is known when something was decided, at best. */
function sharpestUsOf({ fromUs, toUs }: Stream): number {
  return toUs.reduce((least, us, k) => Math.min(least, us - (fromUs[k] as number)), Number.POSITIVE_INFINITY)
}

/** Are two limits the same as far as a pass tells? */
function isAlike(one: Limit, other: Limit): boolean {
  return one.limit === other.limit && Math.abs(one.window / other.window - 1) <= other.tolerance
}

/** What to take a limit for that refused, and that nothing explains yet. */
function withoutFit(limit: Limit, reached: readonly Stream[], documentedMs: number): Limit {
  const least = Math.max(1, leastBurst(reached))
  const paces = reached.flatMap(paceOf).map(({ perUs }) => perUs)
  const longestMs = longestTimes * documentedMs
  if (paces.length > 0 && limit.limit === least) {
    // Whatever lets through as much as it can, lets through its limit in a window.
    const windowMs = least / Math.max(...paces) / 1000
    const window = roundestWindowMs(0.9 * windowMs, 1.1 * windowMs)
    if (window !== limit.window && window <= longestMs) return { ...limit, limit: least, window }
  }
  // A window from end to end takes a longer run than those so far.
  const refusedMs = Math.max(...reached.map(refusedForUs)) / 1000
  const seenMs = Math.max(limit.window, refusedMs)
  const window = Math.min(longestMs, roundestWindowMs(longer * seenMs, stretch * seenMs))
  return { ...limit, limit: least, window }
}

/** The longest time for which a limit was seen to refuse without letting anything through. */
function refusedForUs({ turns }: Stream): number {
  return Math.max(...turns.map(({ firstRefused, lastRefused }) => lastRefused[0] - firstRefused[1]))
}
