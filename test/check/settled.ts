import { CaseFile } from '../../lib/check/evidence/case-file.ts'
import { type Hypothesis, phasePeriodUs } from '../../lib/check/evidence/hypothesis.ts'
import { sharedStarts } from '../../lib/check/settle/window-starts.ts'
import { findWitness } from '../../lib/check/settle/witness.ts'
import { type Enforced, limitsOf, type Overlapping, overlapping, windowUs } from './overlapping.ts'

/**
 * Does settling by itself find instants for what such limits answered?
 * @param told where windows start; otherwise settling is to find that as well.
 * @param others limits, by index, that may have refused whatever they like.
 */
export function areSettled(
  shape: Overlapping,
  seed: number,
  told = true,
  others: ReadonlySet<number> = new Set(),
): boolean {
  const limits = limitsOf(shape)
  const { history, phaseUs } = overlapping(shape, seed)
  const file = new CaseFile(history, limits, 0, others)
  const { bounds, refusers } = file
  return file.components.every((component) => {
    const cells = component.filter(({ limitIndex }) => !others.has(limitIndex))
    const assumed = cells.map((cell) => {
      const { scope: _, ...rules } = shape.enforced[cell.limitIndex] as Enforced
      const hypothesis: Hypothesis = { ...rules, windowUs }
      if (rules.algorithm === 'sliding-counter') hypothesis.rounding = 'floor'
      const hasPhase = phasePeriodUs(hypothesis) !== undefined
      const startsUs = !told ? file.likelyStarts(cell, hypothesis) : hasPhase ? [phaseUs] : []
      return { cell, hypothesis, evidence: file.evidence(cell, hypothesis), startsUs }
    })
    const together = told ? [] : sharedStarts(file, assumed)
    return findWitness(history, limits, bounds, assumed, refusers, together) !== undefined
  })
}
