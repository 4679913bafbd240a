import { Demand } from '../evidence/evidence.ts'
import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Case, Refutation } from './certificate.ts'
import { firstUnjustified, refusalsUnderWay } from './first-refusals.ts'
import { logWindows } from './log-windows.ts'
import { rowsWithin } from './window-reason.ts'

/** Over-admission is looked for in spans of up to so many windows. */
const maxWindows = 8

/**
 * Tries to show that no sliding log can have given these answers: more let through, surely within
 * a window (or within m windows, more than m times the limit); let through although surely as much
 * was logged; refused although too little can be logged.
 */
export function refuteSlidingLog(index: EvidenceIndex, hypothesis: Hypothesis): Refutation {
  const reason =
    overAdmission(index, hypothesis) ??
    admittedWhenFull(index, hypothesis) ??
    unjustified(index, hypothesis) ??
    firstOfSeveral(index, hypothesis)
  if (!reason) return { refuted: false, openUs: [], exhausted: false }
  return { refuted: true, hypothesis, cases: [reason] }
}

function overAdmission(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const { admitted } = index
  const spans = Math.min(maxWindows, Math.ceil((index.lastUs - index.firstUs) / windowUs) + 1)
  for (let windows = 1; windows <= spans; windows++) {
    // Mostly one window tells. Where it does not, all the others are asked about.
    if (windows === 2) admitted.measureOverfull(Array.from({ length: spans - 1 }, (_, k) => (k + 2) * limit))
    // Two entries exactly one window apart do not count together.
    const fromUs = admitted.firstOverfull(windows * windowUs, windows * limit)
    if (fromUs === undefined) continue
    const rows = rowsWithin(index, fromUs, fromUs + windows * windowUs - 1, windows * limit, Demand.admit)
    return { reason: { kind: 'over-admission', windows, rows } }
  }
  return undefined
}

function admittedWhenFull(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const { loUs, hiUs, cost, demand, rows } = index.evidence
  const known = logWindows(index, limit)
  if (known && windowUs <= known.admittedWhenFullAboveUs) return undefined
  for (let i = 0; i < loUs.length; i++) {
    if (demand[i] !== Demand.admit && demand[i] !== Demand.vacant) continue
    const fromUs = (hiUs[i] as number) - windowUs + 1
    const toUs = (loUs[i] as number) - 1
    if (index.used.surelyWithin(fromUs, toUs) + (cost[i] as number) > limit) {
      return {
        reason: {
          kind: 'admitted-when-full',
          admitted: rows[i] as number,
          rows: rowsWithin(index, fromUs, toUs, limit - (cost[i] as number), undefined),
        },
      }
    }
  }
  return undefined
}

/**
 * A refusal that finds too little within a window's length before it. No fixed window and no first-hit window
 * that refused requests do not use up explains it either: what these count began within the same length.
 */
export function unjustified(
  index: EvidenceIndex,
  { limit, windowUs }: Pick<Hypothesis, 'limit' | 'windowUs'>,
): Case | undefined {
  const { loUs, hiUs, cost, rows } = index.evidence
  const known = logWindows(index, limit)
  if (known && windowUs > known.unjustifiedUpToUs) return undefined
  for (const i of index.refusals) {
    const unitsAtMost = index.possibleBeside(i, (loUs[i] as number) - windowUs + 1, hiUs[i] as number)
    if (unitsAtMost + (cost[i] as number) <= limit) {
      return { reason: { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost } }
    }
  }
  return undefined
}

/** Of some refusals, the one that came first finds too little: what the others may use up does not count for it. */
function firstOfSeveral(index: EvidenceIndex, { limit, windowUs }: Hypothesis): Case | undefined {
  const known = logWindows(index, limit)
  if (known && windowUs > known.firstUnjustifiedUpToUs) return undefined
  for (const i of index.refusals) {
    const some = refusalsUnderWay(index, i)
    if (!some) continue
    const unitsAtMost = index.possible.possiblyWithin(some.fromUs - windowUs + 1, some.byUs) - some.units
    if (unitsAtMost + some.highestCost <= limit) return firstUnjustified(index, some, unitsAtMost)
  }
  return undefined
}
