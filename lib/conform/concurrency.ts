import { Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import { anotherTime, cannotTell, limitsFirst, type Said } from './answer.ts'
import { acceptedIn, allOf, type Twice, wasReached } from './fill.ts'
import { isProvenBeside } from './proven.ts'
import { isPossible } from './reading.ts'
import type { Site } from './site.ts'
import { ofItsIntegration } from './weighing.ts'

/** One integration brought to its limit with so many requests in flight. */
export interface Approach extends Twice {
  inFlight: number
}

/** What another limit may have refused proves nothing against this one: only too much let through does. */
function canHold(approach: Approach, limit: Limit, clockDriftPpm: number): boolean {
  const through = allOf(approach).filter(({ outcome }) => outcome !== Outcome.limited)
  return isPossible(through, [limit], ofItsIntegration, clockDriftPpm)
}

/**
 * Was more let through after the recovery than a limit lets through in any way to count? After a refusal, the
 * first request that is let through again is in a new window, or a log or a counter has just made room: what
 * comes within half a window from there on counts together. A sliding counter gives back as large a share of
 * its limit as has gone by of the window.
 */
function letsMoreThrough({ probes, second }: Approach, { limit, window: windowMs }: Limit): boolean {
  const again = [...probes, ...second].filter(({ outcome }) => outcome === Outcome.accepted)
  const [first] = again
  if (!first || !probes.some(({ outcome }) => outcome === Outcome.limited)) return false
  const spanMs = Math.max(...again.map(({ receivedMs }) => receivedMs)) - first.sentMs
  return spanMs < windowMs / 2 && again.length > limit * (1 + (1.1 * spanMs) / windowMs) + 1
}

/**
 * Whether the same onset holds with one request at a time and with many. Each approach is judged by itself.
 * One burst alone may have met the edge of a window and shows up to twice the limit then; with the recovery
 * and a second burst that no longer explains more than the limit. That it is the limit and the window of the
 * spec has to be proven by the approach with one request at a time.
 */
export function saidOfConcurrency(
  approaches: readonly Approach[],
  limit: Limit,
  site: Pick<Site, 'limits' | 'clockDriftPpm'>,
): Said {
  const { clockDriftPpm } = site
  const lines = approaches.flatMap((approach) => allOf(approach).map(({ line }) => line))
  const curve = approaches.map(
    ({ inFlight, first, second }) =>
      `${acceptedIn(first)} and ${acceptedIn(second)} with ${inFlight} in flight`,
  )
  const seen = `Let through before the limit of ${limit.limit} refused, and again after the recovery: ${curve.join(', ')}.`
  const single = approaches.find(({ inFlight }) => inFlight === 1)
  if (!single || !isProvenBeside(allOf(single), limit, site)) {
    return cannotTell(
      `${seen} With one at a time it is not proven that the limit is ${limit.limit} in ${limit.window / 1000} s.`,
      limitsFirst,
      lines,
    )
  }
  const broken = approaches.filter((approach) => letsMoreThrough(approach, limit))
  if (broken.length > 0) {
    const least = Math.min(...broken.map(({ inFlight }) => inFlight))
    return {
      says: 'lets-more-through',
      answer: `no, more is let through with ${least} in flight`,
      weight: 'violation',
      why: `${seen} No window explains that, so counts were lost between requests that came together.`,
      lines,
    }
  }
  // What another limit refused before this one was full says nothing of this one.
  const isSharp = (approach: Approach) => {
    const { first, probes, second } = approach
    const again = acceptedIn(probes) + acceptedIn(second)
    const wasFull = Math.max(acceptedIn(first), again) >= limit.limit
    const reached = wasReached(first) && wasReached(second)
    return reached && wasFull && again <= limit.limit && canHold(approach, limit, clockDriftPpm)
  }
  // The one with one request at a time has been proven, and was gone on with until it was.
  if (!approaches.every((approach) => approach === single || isSharp(approach))) {
    return cannotTell(
      `${seen} A window may have begun in the middle, or another limit refused first, so that does not say.`,
      anotherTime,
      lines,
    )
  }
  return { says: 'holds', answer: 'yes', weight: 'fine', why: seen, lines }
}
