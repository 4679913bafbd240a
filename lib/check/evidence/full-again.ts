import { type Evidence, Use } from './evidence.ts'
import type { Hypothesis } from './hypothesis.ts'

/**
 * By when a bucket that may have been empty is surely full of tokens, so that from then on it is as if it had
 * been full from the beginning: when as much has flowed in as it holds and as can have been taken out since.
 * Where it is used as fast as it fills, that is never.
 * @param emptyUs when it may have been empty, at the latest.
 * @param endUs requests from here on are not among those given.
 */
export function fullAgainUs(
  emptyUs: number,
  { loUs, cost, use }: Pick<Evidence, 'loUs' | 'cost' | 'use'>,
  { limit, windowUs, refillTickUs = 0 }: Hypothesis,
  endUs: number,
): number {
  let units = limit
  for (let i = 0; i <= loUs.length; i++) {
    // A microsecond more, for what the division may have rounded.
    const fullUs = emptyUs + Math.ceil((units / limit) * windowUs) + 1 + refillTickUs
    if (fullUs <= (loUs[i] ?? endUs)) return fullUs
    if (use[i] !== Use.never) units += cost[i] ?? 0
  }
  return Number.POSITIVE_INFINITY
}
