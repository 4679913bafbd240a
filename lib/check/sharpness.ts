import type { CaseFile } from './evidence/case-file.ts'
import { type Hypothesis, withWindow } from './evidence/hypothesis.ts'

/** Windows are told apart down to this share of the spec's. */
const finest = 1 / 4_000

/**
 * How sharply a window is known under one hypothesis: the shortest and the longest window, in
 * microseconds, up to which nothing excludes it, going outwards from the spec's and no further than its
 * tolerance on either side.
 */
export function windowKnown(
  file: CaseFile,
  limitIndex: number,
  hypothesis: Hypothesis,
): [fromUs: number, toUs: number] {
  const { tolerance } = file.limits[limitIndex] as CaseFile['limits'][number]
  const { windowUs } = hypothesis
  const farUs = Math.round(windowUs * tolerance)
  // What a counter answers differs from one start of its windows to the next: close to the edge nearly each of them
  // would have to be looked at by itself.
  const narrowestUs = hypothesis.algorithm === 'sliding-counter' ? Math.ceil(windowUs * finest) : 0
  const excluded = (us: number) => file.isExcluded(limitIndex, withWindow(hypothesis, us), narrowestUs)
  const edge = (direction: 1 | -1): number => {
    if (!excluded(windowUs + direction * farUs)) return windowUs + direction * farUs
    let [near, far] = [0, farUs]
    while (far - near > Math.max(1, windowUs * finest)) {
      const middle = Math.floor((near + far) / 2)
      if (excluded(windowUs + direction * middle)) far = middle
      else near = middle
    }
    return windowUs + direction * near
  }
  return [edge(-1), edge(1)]
}
