import { Outcome } from '../history/history.ts'
import { isBucket } from '../spec/bucket.ts'
import type { CaseFile } from './evidence/case-file.ts'
import { tallyOf } from './evidence/tally.ts'

/** How much of a limit others must have used up at least, and the refusal that shows it. */
export interface ForeignUse {
  /** Within one window before that refusal. */
  unitsAtLeast: number
  row: number
}

/**
 * How many units others must have used up at least, for every refusal that only this limit can have
 * made to be justified: the limit less all that the history can have counted in a window's length
 * before it (in two, where a sliding counter may look back; in one refill more, where a bucket is refilled at
 * intervals; in all, where it may be in debt). `undefined` where no refusal needs any.
 */
export function foreignUseNeeded(file: CaseFile, limitIndex: number): ForeignUse | undefined {
  const { limit, window, algorithm, refillEvery, limitedRequests, chargedWhenRefused } = file.limits[
    limitIndex
  ] as CaseFile['limits'][number]
  const { history, bounds } = file
  const counts = limitedRequests !== 'free' || chargedWhenRefused !== 'free'
  const inDebt = counts && algorithm.some(isBucket)
  const lookbackUs = inDebt
    ? Number.POSITIVE_INFINITY
    : window * 1000 * (algorithm.includes('sliding-counter') ? 2 : 1) + (refillEvery ?? 0) * 1000
  let needed: ForeignUse | undefined
  for (const cell of file.cellsOfLimit(limitIndex)) {
    const all = tallyOf(cell.rows, bounds.loUs, bounds.hiUs, history.cost)
    for (const row of cell.rows) {
      if (history.outcome[row] !== Outcome.limited) continue
      const refusers = file.refusers.of(row)
      if (refusers.some((other) => other !== cell)) continue
      const lo = bounds.loUs[row] as number
      const counted = all.possiblyWithin(lo - lookbackUs + 1, bounds.hiUs[row] as number)
      // What `counted` holds beside others includes the request itself.
      const unitsAtLeast = limit + 1 - counted
      if (unitsAtLeast > (needed?.unitsAtLeast ?? 0)) needed = { unitsAtLeast, row }
    }
  }
  return needed
}

/** The same as a result has it, which speaks of lines. */
export function foreignResult(file: CaseFile, { unitsAtLeast, row }: ForeignUse) {
  return { unitsAtLeast, record: file.history.line[row] as number }
}
