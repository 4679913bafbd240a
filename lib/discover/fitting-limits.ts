import type { Algorithm, Limit } from '../spec/index.ts'
import { fitsOf, weightOf } from './fit/index.ts'
import type { Stream } from './stream.ts'

/** Windows are looked for up to so many times that of the spec. */
export const longestTimes = 12

/** Shorter windows are not told from the time that requests take. */
const shortestUs = 500_000

/** A limit that explains what streams met, as far as it is cheap to tell. */
export interface FittingLimit {
  limit: Limit
  /** How much it explains, by weight. */
  explained: number
  /** Does it explain all that was seen to recover? */
  explainsAll: boolean
  /** … or more than half of it? */
  explainsMost: boolean
}

/**
 * What limits the streams look like, those that explain most first. Pure.
 * @param like what else a limit has, beside its number, window and algorithms.
 */
export function fittingLimits(like: Limit, documented: Limit, streams: readonly Stream[]): FittingLimit[] {
  const whole = streams
    .filter(({ turns }) => turns.some(({ recovered }) => recovered))
    .reduce((sum, stream) => sum + weightOf(stream), 0)
  return fitsOf(streams, shortestUs)
    .map(({ algorithm, limit, windowUs, explained }) => ({
      limit: {
        ...like,
        limit,
        window: windowUs / 1000,
        algorithm: algorithmsWith(algorithm, documented.algorithm),
      },
      explained,
      explainsAll: explained >= whole,
      explainsMost: 2 * explained > whole,
    }))
    .filter((fit) => fit.limit.window <= longestTimes * documented.window)
}

/** The algorithms of the spec where one of them was seen, else the one that was, and what decides as it does. */
function algorithmsWith(seen: Algorithm, allowed: readonly Algorithm[]): Algorithm[] {
  if (allowed.includes(seen)) return [...allowed]
  return seen === 'token-bucket' ? ['token-bucket', 'gcra'] : [seen]
}
