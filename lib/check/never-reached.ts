import { Outcome } from '../history/history.ts'
import type { LimitResult } from '../result/index.ts'
import type { Limit } from '../spec/index.ts'
import type { CaseFile } from './evidence/case-file.ts'
import { windowWords } from './words/words.ts'

type Words = Required<Pick<LimitResult, 'explanation' | 'whatWouldSettleIt'>>

/**
 * Says of a limit of which no onset is known whether nothing was refused, or only nothing that it surely refused.
 * That holds whether or not a witness was found.
 */
export function neverReachedWords(file: CaseFile, index: number): Words {
  const { limit, window } = file.limits[index] as Limit
  const within = windowWords(window * 1000)
  const { own, shared } = refusalsOf(file, index)
  if (own + shared === 0) {
    return {
      explanation: `Nothing was refused by this limit, so any limit from what was sent upwards explains the history as well.`,
      whatWouldSettleIt: `Send more than ${limit} within ${within}.`,
    }
  }
  if (own === 0) {
    return {
      explanation: `${shared} ${requestsWords(shared)} refused that other limits may all have refused: none of them surely by this one.`,
      whatWouldSettleIt: `Let the responses say which limit refused, or send more than ${limit} within ${within} at a pace at which the others have room.`,
    }
  }
  return {
    explanation: `${own} ${requestsWords(own)} refused by this limit, but none after as much as half of it was surely let through.`,
    whatWouldSettleIt: `Send more than ${limit} within ${within} that are answered.`,
  }
}

function requestsWords(count: number): string {
  return count === 1 ? 'request was' : 'requests were'
}

/** How many requests the limit alone can have refused, and how many it or others can. */
function refusalsOf(file: CaseFile, index: number): { own: number; shared: number } {
  const { history, refusers } = file
  const count = { own: 0, shared: 0 }
  for (const cell of file.cellsOfLimit(index)) {
    for (const row of cell.rows) {
      if (history.outcome[row] !== Outcome.limited) continue
      const candidates = refusers.of(row)
      if (candidates.includes(cell)) count[candidates.length === 1 ? 'own' : 'shared']++
    }
  }
  return count
}
