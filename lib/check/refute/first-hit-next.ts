import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'
import type { Reason } from './certificate.ts'
import { type FoundReason, windowReason } from './window-reason.ts'

/** What first-hit windows are held against. */
export interface FirstHit {
  index: EvidenceIndex
  hypothesis: Hypothesis
}

/** The range in which a window starts, both ends included. */
export type StartRange = readonly [fromUs: number, toUs: number]

/** The range of the start that comes after a window's end, and whether there surely is one. */
export interface NextStart {
  from: number
  to: number
  sure: boolean
}

export function nextStart(
  { index, hypothesis }: FirstHit,
  parent: StartRange | undefined,
): NextStart | undefined {
  const endFromUs = parent ? parent[0] + hypothesis.windowUs : Number.NEGATIVE_INFINITY
  const endToUs = parent ? parent[1] + hypothesis.windowUs : Number.NEGATIVE_INFINITY
  const from = index.earliestUseFrom(endFromUs)
  if (from === Number.POSITIVE_INFINITY) return undefined
  const to = index.sureUseBy(endToUs)
  const sure = to !== Number.POSITIVE_INFINITY
  return { from, to: sure ? to : index.lastUseUs, sure }
}

/** A refusal that needs a window after `parent`, and finds none where no further one starts. */
export function orphaned(search: FirstHit, parent: StartRange | undefined): Reason | undefined {
  return refusalIn(search, parent?.[1] ?? Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, parent)
}

/** Why no window starts anywhere in a range, as the next one after `parent`. */
export function reasonAgainst(
  search: FirstHit,
  [from, to]: StartRange,
  parent: StartRange | undefined,
): FoundReason | undefined {
  const { index, hypothesis } = search
  const { windowUs, limit } = hypothesis
  const between = refusalIn(search, parent?.[1] ?? Number.NEGATIVE_INFINITY, from - 1, parent)
  if (between) return () => between
  // The window starts at the first request counted after the last one's end, whichever that is.
  const sureFromUs = parent ? Math.min(to, parent[1] + windowUs) : Number.NEGATIVE_INFINITY
  return windowReason(index, { startUs: [from, to], beforeUs: parent, sureFromUs }, windowUs, limit)
}

/**
 * A refusal that surely comes at or after `fromUs`, surely ends by `toUs`, and can only belong to
 * the parent's window or to none, with too little counted for it.
 */
function refusalIn(
  { index, hypothesis }: FirstHit,
  fromUs: number,
  toUs: number,
  parent: StartRange | undefined,
): Reason | undefined {
  const { loUs, hiUs, cost, rows, unitCost } = index.evidence
  const { windowUs, limit } = hypothesis
  const lastUs = parent === undefined ? Number.NEGATIVE_INFINITY : parent[1] + windowUs - 1
  // With equal costs those that end first are the hardest: one that may belong to the parent, one that cannot.
  const candidates =
    unitCost === undefined
      ? index.refusalsStarting(fromUs, toUs)
      : [index.earliestRefusalFrom(Math.max(fromUs, lastUs + 1)), index.earliestRefusalFrom(fromUs)]
  for (const i of candidates) {
    if (i === undefined || (hiUs[i] as number) > toUs) continue
    const hi = hiUs[i] as number
    const inParent = parent !== undefined && (loUs[i] as number) <= lastUs
    const unitsAtMost = inParent ? index.possibleBeside(i, parent[0], Math.min(hi, lastUs)) : 0
    if (unitsAtMost + (cost[i] as number) <= limit) {
      return { kind: 'unjustified-refusal', refused: rows[i] as number, unitsAtMost }
    }
  }
  return undefined
}
