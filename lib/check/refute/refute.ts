import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import { type Hypothesis, hasRefillTicks } from '../evidence/hypothesis.ts'
import type { Allowance } from '../order/allowance.ts'
import { refuteByOrders } from '../order/refute-orders.ts'
import { refuteBucket } from './bucket.ts'
import type { Refutation } from './certificate.ts'
import { refuteFirstHitWindow } from './first-hit-window.ts'
import { refuteFixedWindow } from './fixed-window.ts'
import { refuteRefillTicks } from './refill-ticks.ts'
import { refuteSlidingCounter } from './sliding-counter.ts'
import { refuteSlidingLog } from './sliding-log.ts'

/**
 * Tries to prove that one limiter is not what a hypothesis says. `refuted: true` is a proof;
 * `refuted: false` only says that none was found.
 * @param allowance the work that may be done on trying orders.
 */
export function refute(index: EvidenceIndex, hypothesis: Hypothesis, allowance: Allowance): Refutation {
  const byBounds = refuteByBounds(index, hypothesis, true)
  if (byBounds.refuted) return byBounds
  return refuteByOrders(index.evidence, hypothesis, allowance) ?? byBounds
}

/**
 * The same by bounds alone: quick, whatever the history is like, and mostly enough.
 * @param stopAtOpen stop at the first window start that stays possible, where only the answer matters.
 * @param narrowestUs ranges of starts of windows no wider than this are not cut any further.
 */
export function refuteByBounds(
  index: EvidenceIndex,
  hypothesis: Hypothesis,
  stopAtOpen: boolean,
  narrowestUs = 0,
): Refutation {
  switch (hypothesis.algorithm) {
    case 'fixed-window':
      return refuteFixedWindow(index, hypothesis, stopAtOpen, narrowestUs)
    case 'first-hit-window':
      return refuteFirstHitWindow(index, hypothesis, narrowestUs)
    case 'sliding-log':
      return refuteSlidingLog(index, hypothesis)
    case 'sliding-counter':
      return refuteSlidingCounter(index, hypothesis, stopAtOpen, narrowestUs)
    case 'token-bucket':
    case 'gcra':
      return hasRefillTicks(hypothesis)
        ? refuteRefillTicks(index, hypothesis, stopAtOpen)
        : refuteBucket(index, hypothesis)
  }
}
