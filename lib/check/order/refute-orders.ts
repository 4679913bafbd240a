import type { Evidence } from '../evidence/evidence.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Refuted } from '../refute/certificate.ts'
import type { Allowance } from './allowance.ts'
import { searchOrders } from './order-search.ts'
import { requestsOfEvidence } from './ways.ts'

/** A limiter that met more requests than this is not searched order by order. */
const mostRequests = 16

/** How many requests are placed, over all orders, before a search is given up … */
const mostSteps = 20_000
/** … and before a request is taken to matter, when what was found is weakened. */
const mostStepsToWeaken = 2_000

/**
 * Tries to show that one limiter cannot have given its answers, by trying all orders of its requests.
 * For a handful of requests it is exact. What it finds is weakened as far as it goes: a request whose
 * outcome does not matter is left out of the proof.
 */
export function refuteByOrders(
  evidence: Evidence,
  hypothesis: Hypothesis,
  allowance: Allowance,
): Refuted | undefined {
  if (evidence.rows.length > mostRequests) return undefined
  // A hit that the history does not show may have opened a window at any time.
  if (hypothesis.algorithm === 'first-hit-window' && evidence.hiddenUseUntilUs > Number.NEGATIVE_INFINITY) {
    return undefined
  }
  const impossible = (weakened: ReadonlySet<number>, steps: number) => {
    const { requests } = requestsOfEvidence(evidence, hypothesis, weakened)
    return searchOrders(requests, [hypothesis], steps, allowance).kind === 'impossible'
  }
  const weakened = new Set<number>()
  if (!impossible(weakened, mostSteps)) return undefined
  const { indices } = requestsOfEvidence(evidence, hypothesis)
  for (const i of indices) if (impossible(new Set([...weakened, i]), mostStepsToWeaken)) weakened.add(i)
  const rows = indices.filter((i) => !weakened.has(i)).map((i) => evidence.rows[i] as number)
  return { refuted: true, hypothesis, cases: [{ reason: { kind: 'no-order', rows } }] }
}
