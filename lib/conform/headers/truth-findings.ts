import { readAnswer } from './answer.ts'
import type { Observed } from './observed.ts'
import { type Claim, findingOf, type Judgement, type TruthFinding } from './truth/claim.ts'
import { inSeconds } from './truth/in-seconds.ts'
import { lastSaysZero } from './truth/last-accepted.ts'
import type { HeldAgainst, Measured } from './truth/measured.ts'
import { remainingFalls } from './truth/remaining-falls.ts'
import { resetCountsDown } from './truth/reset-counts-down.ts'
import { retryAfterKept } from './truth/retry-after-kept.ts'
import { limitIsStated, windowIsStated } from './truth/stated.ts'
import { streamsOf } from './truth/stream.ts'
import { createTraffic } from './truth/traffic.ts'

/**
 * Are the words that answers say about limits true? No document demands it; these are measurements. Each
 * claim is true, untrue or cannot be told. Untrue is only what neither rounding to whole seconds, nor
 * requests that overlap, nor any of the known ways to count explains.
 * @param observed in any order, with all requests that met the limiters, or what was used up is not known.
 *   Requests of which it is not known that they count are `unknown`, or have their most `cost`.
 * @param measured what is known of all limits that the requests met.
 * @param against what is known of one of them, which the stated limit and window are held against.
 * @param using all requests that may have used up what these met, each with the scopes that it may have used;
 *   those that were observed among them.
 */
export function truthFindings(
  observed: readonly Observed[],
  measured: Measured,
  against: HeldAgainst = measured,
  using: readonly Observed[] = observed,
): TruthFinding[] {
  const answers = [...observed].sort((one, other) => one.sentMs - other.sentMs).map(readAnswer)
  const streams = streamsOf(answers)
  const traffic = createTraffic(using)
  const refused = observed.filter(({ outcome }) => outcome === 'limited')
  const { suffices, needed } = retryAfterKept(answers, measured)
  const judgements: Record<Claim, Judgement> = {
    'remaining-falls': remainingFalls(streams, measured, traffic),
    'last-says-zero': lastSaysZero(streams, refused, measured, traffic),
    limit: limitIsStated(streams, against),
    window: windowIsStated(streams, against),
    'reset-counts-down': resetCountsDown(streams, measured, traffic),
    'retry-after-suffices': suffices,
    'retry-after-needed': needed,
    'in-seconds': inSeconds(answers, measured),
  }
  return (Object.keys(judgements) as Claim[]).map((claim) => findingOf(claim, judgements[claim]))
}
