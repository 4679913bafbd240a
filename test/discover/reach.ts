import type { Hidden } from './simulated.ts'

/** Whether anything that can be sent brings an integration to its limit behind the organization's. */
export type Reach =
  /** Over and over, whatever the phases of windows. */
  | 'in reach'
  /** Only at some phases of windows, or so that hardly anything tells it from the other. */
  | 'now and then'
  /** By nothing that the organization lets through. */
  | 'out of reach'

/** All that is sent to one integration comes no faster, … */
const mostPerSecond = 2_000
/** … for no longer than that, … */
const longestMs = 180_000
/** … and at this share of what a bucket lets through, where nobody says who refused. */
const pacedShare = 0.9
/** Where nobody says who refused, so much more of the organization's is needed to see which did. */
const sparePerFilling = 122
/** Recoveries are seen so much later than they are, as a share of a window. */
const lateShare = 0.03

/** By the arithmetic of the table in `docs/questions.md`, from the limits that are there. Pure. */
export function reachOf({ algorithm, limits, namesRefuser }: Hidden): Reach {
  const { limit: inner, windowMs: innerMs } = limits.integration
  const { limit: outer, windowMs: outerMs } = limits.organization
  const windows = innerMs / outerMs
  if (algorithm === 'token-bucket' || algorithm === 'gcra') {
    const [inFlow, outFlow] = [inner / innerMs, outer / outerMs]
    const burstMs = inner / (mostPerSecond / 1000 - inFlow)
    const isMetByBurst = burstMs > 0 && (mostPerSecond / 1000) * burstMs < outer + outFlow * burstMs
    if (isMetByBurst) return 'in reach'
    const emptyMs = (flow: number, start: number) =>
      flow > inFlow ? (inner - start) / (flow - inFlow) : Number.POSITIVE_INFINITY
    if (emptyMs(outFlow, outer) > longestMs) return 'out of reach'
    const isMet = namesRefuser || emptyMs(pacedShare * outFlow, 0) <= longestMs
    return isMet ? 'in reach' : 'now and then'
  }
  const isMixedUp = !namesRefuser && 2 * inner > outer && inner < outer && outer - inner < sparePerFilling
  if (isMixedUp) return 'now and then'
  const times = Math.max(1, Math.floor(windows / (1 + lateShare)))
  if (algorithm === 'sliding-log') {
    const most = Math.ceil(windows)
    const surely = windows > (most - 1) * (1 + lateShare) ? most : times
    if (inner < outer * surely) return 'in reach'
    return inner < outer * most ? 'now and then' : 'out of reach'
  }
  // A counter lets as much through all the time as its share of a window; edges let two windows through at once.
  const surely = algorithm === 'sliding-counter' ? Math.max(1, windows / (1 + lateShare)) : times
  if (inner < outer * surely) return 'in reach'
  return inner < outer * (Math.ceil(windows) + 1) ? 'now and then' : 'out of reach'
}
