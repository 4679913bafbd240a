import type { Seen } from '../../result/index.ts'
import type { Algorithm } from '../../spec/index.ts'
import type { CaseFile } from '../evidence/case-file.ts'
import { type Hypothesis, hypotheses } from '../evidence/hypothesis.ts'
import { followed } from './follow.ts'
import { few, landmarks, widest } from './landmarks.ts'

/** Windows are told apart to this share of the spec's. */
export const windowStep = 0.0005

/** So many steps beside a suggested limit, or window, are tried as well. */
const nearby = { limit: 2, window: 20 }

/** What of one algorithm no reason excludes. */
export type SeenAs = NonNullable<Seen['byAlgorithm']>[number]

/** What is looked for: limits and windows of one algorithm, under some rules, in so many tries at most. */
export interface Look {
  algorithm: Algorithm
  allowed(hypothesis: Hypothesis): boolean
  mostTries: number
}

/** What a limiter of an algorithm may be, which the spec need not allow. Of refills at intervals only the spec knows. */
export function hypothesesAs(
  file: CaseFile,
  limitIndex: number,
  algorithm: Algorithm,
  limit?: number,
  windowUs?: number,
): Hypothesis[] {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const asked = spec.algorithm.includes(algorithm) ? spec : { ...spec, refillEvery: undefined }
  return hypotheses({ ...asked, algorithm: [algorithm] }, file.surroundings(limitIndex), limit, windowUs)
}

/** Is there a hypothesis that nothing excludes, at this limit and window? */
function fitting(file: CaseFile, limitIndex: number, { algorithm, allowed, mostTries }: Look) {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  let tries = 0
  return (limit: number, us: number): boolean => {
    // That the spec's own numbers are refuted is known, also where bounds do not tell.
    const isSpecs = limit === spec.limit && us === spec.window * 1000
    if (isSpecs && spec.algorithm.includes(algorithm)) return false
    if (++tries > mostTries) return false
    return hypothesesAs(file, limitIndex, algorithm, limit, us).some(
      (h) => allowed(h) && !file.isExcluded(limitIndex, h),
    )
  }
}

/** The limits at the window of the spec, and the windows at its limit. */
export function alongBothAxes(file: CaseFile, limitIndex: number, look: Look): SeenAs | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const windowUs = spec.window * 1000
  const marks = landmarks(file, limitIndex)
  const fitsLimit = fitting(file, limitIndex, look)
  const limits = followed(few(marks.limits, 1), 1, nearby.limit, [1, Number.POSITIVE_INFINITY], (limit) =>
    fitsLimit(limit, windowUs),
  )
  const stepUs = Math.max(1, Math.round(windowUs * windowStep))
  const fitsWindow = fitting(file, limitIndex, look)
  const windows = followed(
    few(marks.windowsUs, nearby.window * stepUs),
    stepUs,
    nearby.window,
    [stepUs, widest * windowUs],
    (us) => fitsWindow(spec.limit, us),
  )
  if (limits.length === 0 && windows.length === 0) return undefined
  return {
    algorithm: look.algorithm,
    ...(limits.length > 0 && { limits: limits.map(asJson) }),
    ...(windows.length > 0 && { windowsSeconds: windows.map(inSeconds) }),
  }
}

/** A limit and a window that both differ from the spec's, each followed as far as it holds with the other. */
export function offTheAxes(file: CaseFile, limitIndex: number, look: Look): SeenAs | undefined {
  const spec = file.limits[limitIndex] as CaseFile['limits'][number]
  const stepUs = Math.max(1, Math.round(spec.window * 1000 * windowStep))
  const marks = landmarks(file, limitIndex)
  const fits = fitting(file, limitIndex, look)
  for (const us of few(marks.windowsUs, nearby.window * stepUs)) {
    for (const limit of few(marks.limits, 1)) {
      if (!fits(limit, us)) continue
      const onward = fitting(file, limitIndex, look)
      const limits = followed([limit], 1, 0, [1, Number.POSITIVE_INFINITY], (l) => onward(l, us))
      const windows = followed([us], stepUs, 0, [stepUs, widest * spec.window * 1000], (w) =>
        onward(limit, w),
      )
      return {
        algorithm: look.algorithm,
        pair: { limits: limits.map(asJson), windowsSeconds: windows.map(inSeconds) },
      }
    }
  }
  return undefined
}

function asJson([from, to]: [number, number]): [number, number | null] {
  return [from, to === Number.POSITIVE_INFINITY ? null : to]
}

function inSeconds([from, to]: [number, number]): [number, number | null] {
  return asJson([from / 1e6, to / 1e6])
}
