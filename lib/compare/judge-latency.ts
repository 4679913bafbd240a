import type { LatencyComparison } from './comparison.ts'
import { holm } from './holm.ts'

/** A row before its verdict: with the chances as they are, or with why there are none. */
export type OpenRow = Omit<LatencyComparison, 'verdict'>

/**
 * Gives all rows their verdicts as one family: `regressed` where it is certain that the ratio is beyond
 * the margin, `no-worse` where it is certain that it is not.
 */
export function judgeLatencies(
  rows: readonly OpenRow[],
  marginRatio: number,
  alpha: number,
): LatencyComparison[] {
  const tested = rows.filter(({ pRegressed }) => pRegressed !== undefined)
  const regressed = holm(tested.map(({ pRegressed }) => pRegressed ?? 1))
  const noWorse = holm(tested.map(({ pNoWorse }) => pNoWorse ?? 1))
  return rows.map((row): LatencyComparison => {
    const index = tested.indexOf(row)
    if (index < 0) return { ...row, verdict: 'cannot-tell' }
    const chances = { pRegressed: regressed[index], pNoWorse: noWorse[index] }
    if ((regressed[index] as number) <= alpha) return { ...row, ...chances, verdict: 'regressed' }
    if ((noWorse[index] as number) <= alpha) return { ...row, ...chances, verdict: 'no-worse' }
    const percent = Math.round((marginRatio - 1) * 1000) / 10
    const why = row.why ?? `what is known of it reaches from below to above the margin of ${percent} %`
    return { ...row, ...chances, verdict: 'cannot-tell', why }
  })
}
