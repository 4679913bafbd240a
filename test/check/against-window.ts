import type { Evidence } from '../../lib/check/evidence/evidence.ts'
import { EvidenceIndex } from '../../lib/check/evidence/evidence-index.ts'

/** A window of which the start is known. */
export interface Window {
  startUs: number
  /** What is let through from here on was not let through before the window. Default: its start. */
  sureFromUs?: number
  /** Where the window before it starts, if there is one. Default: one length earlier. */
  beforeUs?: number | undefined
}

/** What speaks against a window that starts at a known instant, each reason by itself, with all requests looked at. */
export function againstWindow(evidence: Evidence, limit: number, windowUs: number) {
  const { loUs, hiUs, cost, demand, unitCost } = evidence
  const index = new EvidenceIndex(evidence)
  const all = [...loUs.keys()]
  const lo = (i: number) => loUs[i] as number
  const hi = (i: number) => hiUs[i] as number
  const units = (i: number) => cost[i] as number
  const letThrough = all.filter((i) => demand[i] === 1 || demand[i] === 3)
  const refused = all.filter((i) => demand[i] === 2)
  const within = (fromUs: number, toUs: number) => (i: number) => lo(i) >= fromUs && hi(i) <= toUs
  const inside = ({ startUs, sureFromUs = startUs }: Window) =>
    letThrough.filter(within(sureFromUs, startUs + windowUs - 1))
  return {
    tooMuch: ({ startUs, sureFromUs = startUs }: Window) =>
      index.admitted.surelyWithin(sureFromUs, startUs + windowUs - 1) > limit,
    /** The one before was full, so that what was let through after that belongs to this one. */
    tooMuchAfterRefusal: (window: Window) => {
      const { startUs, beforeUs } = { beforeUs: window.startUs - windowUs, ...window }
      // Where a costly request is refused, a cheaper one may be let through.
      if (beforeUs === undefined || unitCost === undefined) return false
      return refused
        .filter(within(beforeUs, Math.min(startUs, beforeUs + windowUs) - 1))
        .some((j) => index.admitted.surelyWithin(hi(j) + 1, startUs + windowUs - 1) > limit)
    },
    full: (window: Window) =>
      inside(window).some(
        (i) => index.used.surelyWithin(window.sureFromUs ?? window.startUs, lo(i) - 1) + units(i) > limit,
      ),
    refusedBefore: (window: Window) =>
      inside(window).some((i) =>
        refused.filter(within(window.startUs, lo(i) - 1)).some((j) => units(j) <= units(i)),
      ),
    tooLittle: ({ startUs }: Window) =>
      refused
        .filter(within(startUs, startUs + windowUs - 1))
        .some((j) => index.possibleBeside(j, startUs, hi(j)) + units(j) <= limit),
  }
}
