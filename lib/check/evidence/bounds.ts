import { type History, mayBeDecidedLater, Outcome } from '../../history/index.ts'
import type { Limit } from '../../spec/index.ts'

/**
 * Where each request's decision instant can lie: whole microseconds on the history's clock, both
 * ends included. Rows are those of the history.
 */
export interface DecisionBounds {
  /** The ends of one row's interval. */
  lo(row: number): number
  hi(row: number): number
  /** The same in columns, which take memory once they are asked for. */
  readonly loUs: Float64Array
  readonly hiUs: Float64Array
  /** The last instant that the history speaks of: the bound of what may be decided later than it was answered. */
  readonly horizonUs: number
}

/**
 * Widens [sent, received] to an interval that surely holds the decision instant.
 *
 * Both ends move out by the clock's slack, since a stamp is rounded down by as much as that, and
 * by the drift between the client's clock and the server's, counted from the middle of the
 * history: a clock that is `clockDriftPpm` off strays by at most that share of the distance.
 * A request without a response, or with one that need not be the server's own (`mayBeDecidedLater`),
 * may be decided at any time until the history ends.
 *
 * A limiter that counts time in whole seconds decides as one with an exact clock would up to a second
 * earlier: what meets such a limit gets that much more room at the lower end.
 */
export function decisionBounds(
  history: History,
  clockDriftPpm: number,
  limits: readonly Pick<Limit, 'scope' | 'serverClock'>[] = [],
): DecisionBounds {
  const { count, descriptor, sentUs, receivedUs, status, outcome } = history
  const { earliestUs, latestUs, lastUs } = widening(history, clockDriftPpm)
  const horizonUs = latestUs(lastUs)
  const coarse = limits.filter(({ serverClock }) => serverClock === '1s')
  const grainUs = history.descriptors.map(({ scopes }) =>
    coarse.some(({ scope }) => Object.hasOwn(scopes, scope)) ? 999_999 : 0,
  )
  const lo =
    coarse.length === 0
      ? (row: number) => earliestUs(sentUs[row] as number)
      : (row: number) => earliestUs(sentUs[row] as number) - (grainUs[descriptor[row] as number] as number)
  const hi = (row: number) => {
    const isOpen = outcome[row] === Outcome.unknown && mayBeDecidedLater(status[row] as number)
    return isOpen ? horizonUs : latestUs(receivedUs[row] as number)
  }
  let loUs: Float64Array | undefined
  let hiUs: Float64Array | undefined
  return {
    lo,
    hi,
    get loUs() {
      loUs ??= column(count, lo)
      return loUs
    },
    get hiUs() {
      hiUs ??= column(count, hi)
      return hiUs
    },
    horizonUs,
  }
}

function column(count: number, of: (row: number) => number): Float64Array {
  const values = new Float64Array(count)
  for (let row = 0; row < count; row++) values[row] = of(row)
  return values
}

/** How far apart the bounds of a request with a known outcome are at most, by an exact clock; 0 where there is none. */
export function longestIntervalUs(history: History, clockDriftPpm: number): number {
  const { count, sentUs, receivedUs, outcome } = history
  const { earliestUs, latestUs } = widening(history, clockDriftPpm)
  let longestUs = 0
  for (let i = 0; i < count; i++) {
    if (outcome[i] === Outcome.unknown) continue
    longestUs = Math.max(longestUs, latestUs(receivedUs[i] as number) - earliestUs(sentUs[i] as number))
  }
  return longestUs
}

/** By how much what a client's clock says has to be widened, for each end of an interval. */
function widening({ count, sentUs, receivedUs, clockSlackMs, events }: History, clockDriftPpm: number) {
  const slackUs = Math.ceil(clockSlackMs * 1000)
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    firstUs = Math.min(firstUs, sentUs[i] as number)
    lastUs = Math.max(lastUs, receivedUs[i] as number)
  }
  for (const event of events) if (event.event === 'end') lastUs = Math.max(lastUs, event.atUs)
  if (count === 0) firstUs = lastUs = 0
  // Millions of rows are widened: a clock that is as good as the server's costs them next to nothing.
  if (clockDriftPpm === 0) {
    return {
      lastUs,
      earliestUs: (sentUs: number) => Math.floor(sentUs - slackUs),
      latestUs: (receivedUs: number) => Math.ceil(receivedUs + slackUs),
    }
  }
  const middleUs = (firstUs + lastUs) / 2
  const driftUs = (atUs: number) => (Math.abs(atUs - middleUs) * clockDriftPpm) / 1e6
  return {
    lastUs,
    earliestUs: (sentUs: number) => Math.floor(sentUs - slackUs - driftUs(sentUs)),
    latestUs: (receivedUs: number) => Math.ceil(receivedUs + slackUs + driftUs(receivedUs)),
  }
}
