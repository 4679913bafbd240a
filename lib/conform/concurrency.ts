import { Outcome } from '../history/index.ts'
import type { Limit } from '../spec/index.ts'
import { cannotTell, type Said } from './answer.ts'
import { acceptedIn, type Twice, wasReached } from './fill.ts'
import { isPossible, type Reading } from './reading.ts'

/** One integration brought to its limit with so many requests in flight. */
export interface Approach extends Twice {
  inFlight: number
}

const ofItsIntegration: Reading = ({ descriptor }) => ({ scopes: { integration: descriptor }, cost: 1 })

/** What another limit may have refused proves nothing against this one: only too much let through does. */
function canHold({ first, probes, second }: Approach, limit: Limit, clockDriftPpm: number): boolean {
  const through = [...first, ...probes, ...second].filter(({ outcome }) => outcome !== Outcome.limited)
  return isPossible(through, [limit], ofItsIntegration, clockDriftPpm)
}

/**
 * Whether the same onset holds with one request at a time and with many. Each approach is judged by
 * itself. One burst alone may have met the edge of a window and shows up to twice the limit then; with the
 * recovery and a second burst that no longer explains more than the limit.
 */
export function saidOfConcurrency(
  approaches: readonly Approach[],
  limit: Limit,
  clockDriftPpm: number,
): Said {
  const lines = approaches.flatMap(({ first, probes, second }) =>
    [...first, ...probes, ...second].map(({ line }) => line),
  )
  const curve = approaches.map(
    ({ inFlight, first, second }) =>
      `${acceptedIn(first)} and ${acceptedIn(second)} with ${inFlight} in flight`,
  )
  const seen = `Let through before the limit of ${limit.limit} refused, and again after the recovery: ${curve.join(', ')}.`
  const broken = approaches.filter((approach) => !canHold(approach, limit, clockDriftPpm))
  if (broken.some(({ inFlight }) => inFlight === 1)) {
    return cannotTell(
      `${seen} More than the limit is let through one at a time already.`,
      'Verify the limits first, or find out what they are: onset verify --discover.',
      lines,
    )
  }
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
  const isSharp = ({ first, probes, second }: Approach) => {
    const again = acceptedIn(probes) + acceptedIn(second)
    const wasFull = Math.max(acceptedIn(first), again) >= limit.limit
    return wasReached(first) && wasReached(second) && wasFull && again <= limit.limit
  }
  if (!approaches.every(isSharp)) {
    return cannotTell(
      `${seen} A window may have begun in the middle, or another limit refused first, so that does not say.`,
      'Ask again; it is settled unless a window begins just then.',
      lines,
    )
  }
  return { says: 'holds', answer: 'yes', weight: 'fine', why: seen, lines }
}
