import { rangeWithin } from '../count.ts'
import { instantText } from '../instant.ts'
import type { LimitView, ReportModel } from '../model.ts'
import type { RequestKind, Rows } from '../rows.ts'
import type { CellData } from './cell-data.ts'
import { outcomeNames } from './marks.ts'

/** One request in words: its line, when it was sent and answered, what it met, and what was counted by then. */
export function describeRequest(
  index: number,
  data: CellData,
  { descriptors, kinds }: ReportModel,
  rows: Rows,
  limit: LimitView,
): string {
  const row = data.row[index] as number
  const kind = kinds[rows.kind[row] as number] as RequestKind
  const sentUs = data.sentUs[index] as number
  const receivedUs = data.receivedUs[index] as number
  const answered = kind.status === 0 ? 'no answer by' : `answered ${kind.status} at`
  const parts = [
    `Line ${rows.line[row]}: ${outcomeNames[kind.outcome]}`,
    `${descriptors[kind.descriptor]}, sent ${instantText(sentUs / 1000)}, ${answered} ${instantText(receivedUs / 1000)}`,
    ...(kind.limitedBy === undefined ? [] : [`refused by ${kind.limitedBy}`]),
    ...(kind.cost === 1 ? [] : [`cost ${kind.cost}`]),
    countedText(data, index, kind, limit),
    ...((rows.leftOut[row] as number) > 0 ? [`stands for ${rows.leftOut[row]} more before it`] : []),
  ]
  return parts.join(' · ')
}

/** What others had used up when it was decided: at least, and at most. */
function countedText(
  { lines, loUs, hiUs }: CellData,
  index: number,
  kind: RequestKind,
  limit: LimitView,
): string {
  const lo = loUs[index] as number
  const hi = hiUs[index] as number
  // Its own units are in what is counted surely from its last instant on, and possibly from its first.
  const before = rangeWithin(lines.surely, lo, hi - 1)
  const until = rangeWithin(lines.possibly, lo, hi)
  const surely = Math.max(0, before.least)
  const possibly = Math.max(surely, until.most - (kind.outcome === 1 ? 0 : kind.cost))
  const counted = surely === possibly ? `${surely}` : `${surely} to ${possibly}`
  return `${counted} of ${limit.limit} counted before it`
}
