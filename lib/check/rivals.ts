import type { CaseFile } from './case-file.ts'
import { type Hypothesis, hypotheses } from './hypothesis.ts'

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
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const surroundings = file.surroundings(limitIndex)
  const windowUs = spec.window * 1000
  const offUs = Math.round(windowUs * spec.tolerance)
  const limits = [spec.limit - 1, spec.limit + 1].filter((limit) => limit > 0)
  const rivals = [
    ...limits.flatMap((limit) => hypotheses(spec, surroundings, limit, windowUs)),
    ...[windowUs - offUs, windowUs + offUs].flatMap((us) => hypotheses(spec, surroundings, spec.limit, us)),
  ]
  return rivals.map((hypothesis) => ({
    hypothesis,
    differs: hypothesis.limit === spec.limit ? 'window' : 'limit',
    refuted: file.refuteLimit(limitIndex, hypothesis) !== undefined,
  }))
}
