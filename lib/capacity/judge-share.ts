import { correlatedCount } from './correlation.ts'
import { shareInterval } from './share-interval.ts'

/** May a condition be claimed to hold at a rate, or to be broken? */
export type ConditionVerdict = 'met' | 'missed' | 'cannot tell'

/** How a share of requests compares with what is allowed. */
export interface JudgedShare {
  verdict: ConditionVerdict
  /** The share that was seen among those whose part in it is known. */
  seen: number
  /** Between these it lies, with the risk that was asked for on each side. */
  least: number
  most: number
  /** Which longer step would settle it if it went on like this, as a multiple; `undefined` where none would. */
  neededTimes?: number
  /** So many of the requests tell as much as one that depends on no other; at least 1. */
  correlated: number
}

/**
 * The marks of a series of requests: does each surely count (lower series), may it count (upper series)?
 * They differ where something about a request is not known. 1 or 0 each.
 */
export interface Marks {
  surely: Uint8Array
  possibly: Uint8Array
  /** Is it known of the request whether it counts? Only those are in the share that is held to be too large. */
  known: Uint8Array
}

/** A correlation that was estimated from few independent trials is taken for so much stronger. */
const caution = 6

/** Looking ahead further than this is idle. */
const mostTimes = 1_000

/**
 * Compares a share of requests with the one that is allowed. Requests follow each other through the same
 * queue, so that they tell less than as many independent ones: their number is divided by what their
 * correlation makes of it. That it is met is claimed from the upper series, with the strongest correlation
 * that is seen in it or in `companions`, made stronger still for how little it may be known; that it is
 * missed from the lower one. How often either is wrong is measured in the tests.
 * @param companions series that are correlated as the marks are, but vary even where hardly a mark is set.
 * @param risk of a wrong claim, on each side.
 */
export function judgeShare(
  { surely, possibly, known }: Marks,
  companions: readonly ArrayLike<number>[],
  allowed: number,
  risk: number,
): JudgedShare {
  const sure = surely.filter((_, at) => known[at] === 1)
  const seen = meanOf(sure)
  const [least] = shareInterval(seen * trials(sure), trials(sure), risk)

  const upper = meanOf(possibly)
  const together = Math.max(...[possibly, ...companions].map(correlatedCount))
  const effective = possibly.length / together / (1 + caution / Math.sqrt(possibly.length / together))
  const [, most] = effective > 0 ? shareInterval(upper * effective, effective, risk) : [0, 1]

  const found = { seen, least, most, correlated: together }
  if (least > allowed) return { verdict: 'missed', ...found }
  if (most < allowed) return { verdict: 'met', ...found }
  const [share, count] = seen > allowed ? [seen, trials(sure)] : [upper, effective]
  return { verdict: 'cannot tell', ...found, neededTimes: neededTimes(share, count, allowed, risk) }
}

/** So many independent trials a series of marks is worth. */
function trials(marks: Uint8Array): number {
  return marks.length === 0 ? 0 : marks.length / correlatedCount(marks)
}

function neededTimes(share: number, count: number, allowed: number, risk: number): number | undefined {
  if (!(count > 0)) return undefined
  const isSettled = (times: number) => {
    const [least, most] = shareInterval(share * count * times, count * times, risk)
    return least > allowed || most < allowed
  }
  for (let times = 1.1; times <= mostTimes; times *= 1.1) if (isSettled(times)) return times
  return undefined
}

/**
 * So many requests show that less than a share of them counts, if none does and none depends on another:
 * what their correlation is taken for, for how little it is known, is in it.
 */
export function requestsNeeded(allowed: number, risk: number): number {
  const trials = Math.log(risk) / Math.log1p(-allowed)
  // The root of trials = requests / (1 + caution / √requests), by iteration.
  let requests = trials
  for (let round = 0; round < 20; round++) requests = trials * (1 + caution / Math.sqrt(requests))
  return Math.ceil(requests)
}

function meanOf(values: Uint8Array): number {
  let sum = 0
  for (const value of values) sum += value
  return values.length === 0 ? 0 : sum / values.length
}
