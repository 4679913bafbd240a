import { type History, mayBeDecidedLater, Outcome } from '../../history/index.ts'
import type { Limit } from '../../spec/index.ts'

/**
 * Where each request's decision instant can lie: whole microseconds on the history's clock, both
 * ends included. Rows are those of the history.
 */
export interface DecisionBounds {
  loUs: Float64Array
  hiUs: Float64Array
  /** The last instant that the history speaks of: the bound of what may be decided later than it was answered. */
  horizonUs: number
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
  const { count, sentUs, receivedUs, status, outcome } = history
  const slackUs = Math.ceil(history.clockSlackMs * 1000)
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    firstUs = Math.min(firstUs, sentUs[i] as number)
    lastUs = Math.max(lastUs, receivedUs[i] as number)
  }
  for (const event of history.events) if (event.event === 'end') lastUs = Math.max(lastUs, event.atUs)
  if (count === 0) firstUs = lastUs = 0
  const middleUs = (firstUs + lastUs) / 2
  const driftUs = (atUs: number) => (Math.abs(atUs - middleUs) * clockDriftPpm) / 1e6
  const horizonUs = Math.ceil(lastUs + slackUs + driftUs(lastUs))
  const coarse = limits.filter(({ serverClock }) => serverClock === '1s')
  const grainUs = history.descriptors.map(({ scopes }) =>
    coarse.some(({ scope }) => Object.hasOwn(scopes, scope)) ? 999_999 : 0,
  )
  const loUs = new Float64Array(count)
  const hiUs = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const sent = sentUs[i] as number
    const received = receivedUs[i] as number
    loUs[i] =
      Math.floor(sent - slackUs - driftUs(sent)) - (grainUs[history.descriptor[i] as number] as number)
    const isOpen = outcome[i] === Outcome.unknown && mayBeDecidedLater(status[i] as number)
    hiUs[i] = isOpen ? horizonUs : Math.ceil(received + slackUs + driftUs(received))
  }
  return { loUs, hiUs, horizonUs }
}
