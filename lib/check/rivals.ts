import type { CaseFile } from './evidence/case-file.ts'
import { type Hypothesis, hypotheses } from './evidence/hypothesis.ts'
import { otherWindowLeft } from './other-windows.ts'

/** A neighbouring limit that would have to be told apart from the one in the spec. */
export interface Rival {
  hypothesis: Hypothesis
  /** What differs from the spec: `limit` or `window`. */
  differs: 'limit' | 'window'
  refuted: boolean
}

/**
 * Every neighbouring limit a pass has to exclude, under every algorithm and rule that the spec
 * allows: the limit one lower and one higher, the window shorter and longer by the tolerance.
 */
export function rivalsOf(file: CaseFile, limitIndex: number): Rival[] {
  return neighbours(file, limitIndex).map((rival) => ({
    ...rival,
    refuted: file.refuteLimit(limitIndex, rival.hypothesis) !== undefined,
  }))
}

/** The first of the same that is not refuted, where that is all that matters. Those next to the spec's come first. */
export function rivalLeft(file: CaseFile, limitIndex: number): Omit<Rival, 'refuted'> | undefined {
  return (
    neighbours(file, limitIndex).find(
      ({ hypothesis }) => file.refuteLimit(limitIndex, hypothesis) === undefined,
    ) ?? farRivalLeft(file, limitIndex)
  )
}

/** The same with quite another window, see `otherWindowLeft`. */
export function farRivalLeft(file: CaseFile, limitIndex: number): Rival | undefined {
  const hypothesis = otherWindowLeft(file, limitIndex)
  return hypothesis && { hypothesis, differs: 'window', refuted: false }
}

function neighbours(file: CaseFile, limitIndex: number): Omit<Rival, 'refuted'>[] {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const surroundings = file.surroundings(limitIndex)
  const windowUs = spec.window * 1000
  const offUs = Math.round(windowUs * spec.tolerance)
  const limits = [spec.limit - 1, spec.limit + 1].filter((limit) => limit > 0)
  const windowsUs = [windowUs - offUs, windowUs + offUs]
  return [
    ...limits
      .flatMap((limit) => hypotheses(spec, surroundings, limit, windowUs))
      .map((hypothesis) => ({ hypothesis, differs: 'limit' as const })),
    ...windowsUs
      .flatMap((us) => hypotheses(spec, surroundings, spec.limit, us))
      .map((hypothesis) => ({ hypothesis, differs: 'window' as const })),
  ]
}
