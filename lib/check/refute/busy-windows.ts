import type { EvidenceIndex } from '../evidence/evidence-index.ts'
import type { Hypothesis } from '../evidence/hypothesis.ts'

/**
 * Which of some windows can speak against any start in a range: those in which more than the limit can have been
 * counted, and those near a refusal. In a long history with little traffic that is none, or a few, and no other
 * need be looked at again for a part of that range.
 * @param windows numbers of windows: the one with number k begins k windows after a start in the range.
 * @param counting over how many windows counts are added up: with the one before, for a sliding counter.
 */
export function busyWindows(
  index: EvidenceIndex,
  { limit, windowUs }: Hypothesis,
  [fromUs, toUs]: readonly [number, number],
  windows: readonly number[],
  counting: 1 | 2,
): readonly number[] {
  const earlierUs = (counting - 1) * windowUs
  // What was let through without being counted has to find room all the same.
  const quietUnits = limit - index.highestVacantCost
  const refusalUs = Math.min(windowUs, index.longestRefusalUs)
  return windows.filter((k) => {
    const startUs = fromUs + k * windowUs
    const endUs = toUs + (k + 1) * windowUs - 1
    return (
      index.possible.possiblyWithin(startUs - earlierUs, endUs) > quietUnits ||
      index.refusalsStarting(startUs - refusalUs, endUs).length > 0
    )
  })
}

/** Numbers of windows with so many before and after each, ascending: none before the first. */
export function withNeighbours(windows: readonly number[], before: number, after: number): readonly number[] {
  const all: number[] = []
  for (const k of windows) {
    for (let near = Math.max(k - before, (all.at(-1) ?? -1) + 1); near <= k + after; near++) all.push(near)
  }
  return all
}

/** The numbers of so many windows. */
export function allWindows(count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => k)
}
