import { Demand } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case } from './certificate.ts'
import { rowsWithin } from './window-reason.ts'

/** Requests that straddle one start are within two windows, those that straddle two within three. */
export const mostAdjoining = 3

/**
 * Aligned windows leave nothing between them: what is surely within n that adjoin is no more than n times
 * the limit, although of requests that straddle a start nobody knows in which of them they were counted.
 * Looks for such an excess that holds for every start in a range.
 * @param windows numbers of the windows, from that range on, with which one may begin: those that may hold more
 * than the limit. Without the first, one that may not, the others would still hold too much.
 */
export function adjoiningCase(
  index: EvidenceIndex,
  { windowUs, limit }: Hypothesis,
  startFromUs: number,
  startToUs: number,
  windows: readonly number[],
): Case | undefined {
  for (let several = 2; several <= mostAdjoining; several++) {
    for (const k of windows) {
      const from = startFromUs + k * windowUs
      const to = startToUs + k * windowUs
      const sureTo = from + several * windowUs - 1
      if (index.admitted.surelyWithin(to, sureTo) <= several * limit) continue
      const rows = rowsWithin(index, to, sureTo, several * limit, Demand.admit)
      return { startUs: [from, to], reason: { kind: 'over-admission', windows: several, rows } }
    }
  }
  return undefined
}
