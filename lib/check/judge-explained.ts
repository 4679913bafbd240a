import type { History } from '../history/history.ts'
import type { Limit, Spec } from '../spec/index.ts'
import { checkAssumptions } from './assumptions.ts'
import { CaseFile } from './evidence/case-file.ts'
import { narrowed } from './narrow.ts'
import { onsetsOf } from './onsets.ts'
import { rivalLeft } from './rivals.ts'

/** Why a limit that explains a history does not pass; `undefined` where it does. */
export type WhyNotPassed = 'never-used' | 'never-reached' | 'rivals' | 'window-not-known' | 'assumption'

/**
 * What `judge` says of limits that are known to explain a history, from a witness that somebody has in
 * hand, and no more than that: for each limit whether it passes. It looks for no witness and for no
 * failure, which there cannot be, and tells nothing about the history, so it is many times quicker.
 */
export function judgeExplained(
  history: History,
  { limits, clockDriftPpm }: Pick<Spec, 'limits' | 'clockDriftPpm'>,
): (WhyNotPassed | undefined)[] {
  const checked = checkAssumptions(history, limits, clockDriftPpm)
  const file = narrowed(new CaseFile(history, limits, clockDriftPpm))
  return limits.map(({ name }, index) => {
    if (file.cellsOfLimit(index).length === 0) return 'never-used'
    const rival = rivalLeft(file, index)
    if (rival) {
      const reached = onsetsOf(file, index, openHypothesis(file, index), []).length > 0
      if (!reached) return 'never-reached'
      return rival.differs === 'window' ? 'window-not-known' : 'rivals'
    }
    return checked.some(({ removesPass }) => removesPass.includes(name)) ? 'assumption' : undefined
  })
}

function openHypothesis(file: CaseFile, index: number) {
  const [first] = file.openHypotheses(index)
  if (!first)
    throw new Error(`no hypothesis about "${(file.limits[index] as Limit).name}" explains the history`)
  return first
}
