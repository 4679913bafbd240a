import type { History } from '../history/index.ts'
import type { Spec } from '../spec/index.ts'
import { isSomeBroken } from './blame.ts'
import { CaseFile } from './evidence/case-file.ts'
import { asJudged } from './judge.ts'

/**
 * Can all limits of a spec have been kept? `false` only with verified proofs, as a *fail* of `judge`, which
 * also says which limit is broken, and what is there instead, and takes longer for it.
 */
export function canBeKept(
  history: History,
  { limits, clockDriftPpm }: Pick<Spec, 'limits' | 'clockDriftPpm'>,
): boolean {
  return !isSomeBroken(new CaseFile(history, asJudged(history, limits), clockDriftPpm))
}
