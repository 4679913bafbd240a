import { Outcome } from '../history/history.ts'
import type { Limit } from '../spec/index.ts'
import { CaseFile } from './evidence/case-file.ts'

/** Knowing more about one limit may say more about another, but rarely more than twice. */
const mostRounds = 2

/**
 * Where the answers do not say which of several limits refused, what is refuted about one limit helps
 * with the others: one that cannot look back on a second window, say, was surely not full where less
 * than its limit was counted in one. Returns a case in which that is used, or the same one where there
 * is nothing to gain.
 */
export function narrowed(file: CaseFile): CaseFile {
  let narrow = file
  for (let round = 0; round < mostRounds && isAmbiguous(narrow); round++) {
    const rules = file.limits.map((_, index) => ruleLeft(narrow, index))
    if (JSON.stringify(rules) === JSON.stringify(narrow.rules)) break
    narrow = new CaseFile(file.history, file.limits, file.clockDriftPpm, file.unconstrained, rules)
  }
  return narrow
}

/** Is there a refusal that more than one limit can have made? */
function isAmbiguous({ history, refusers, components }: CaseFile): boolean {
  if (components.every((cells) => cells.length < 2)) return false
  for (let row = 0; row < history.count; row++) {
    if (history.outcome[row] === Outcome.limited && refusers.of(row).length > 1) return true
  }
  return false
}

/** What a limit can still be, of what the spec allows. */
function ruleLeft(file: CaseFile, index: number): Limit {
  const limit = file.limits[index] as Limit
  const open = file.unconstrained.has(index) ? [] : file.openHypotheses(index)
  if (open.length === 0) return limit
  const only = <Rule>(rules: Rule[], otherwise: Rule): Rule => {
    const [first, ...others] = new Set(rules)
    return first === undefined || others.length > 0 ? otherwise : first
  }
  return {
    ...limit,
    algorithm: [...new Set(open.map(({ algorithm }) => algorithm))],
    limitedRequests: only<Limit['limitedRequests']>(
      open.map((h) => h.limitedRequests),
      limit.limitedRequests,
    ),
    chargedWhenRefused: only<Limit['chargedWhenRefused']>(
      open.map((h) => h.chargedWhenRefused),
      limit.chargedWhenRefused,
    ),
  }
}
