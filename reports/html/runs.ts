import type { History } from '../../lib/history/index.ts'
import { orderOf } from './order.ts'

/** Requests that were sent one after another and met the same. */
export interface OutcomeRun {
  outcome: 'accepted' | 'limited' | 'unknown'
  count: number
  /** When the first and the last of them were sent, in milliseconds since the history's start. */
  fromMs: number
  toMs: number
  /** Lines of the first and of the last. */
  lines: [number, number]
}

const names = ['accepted', 'limited', 'unknown'] as const

/** The runs of equal outcomes among the requests of some descriptors, in the order of sending. Pure. */
export function outcomeRuns(history: History, descriptors: readonly number[]): OutcomeRun[] {
  const wanted = new Set(descriptors)
  const runs: OutcomeRun[] = []
  let last: OutcomeRun | undefined
  for (const row of orderOf(history.sentUs.slice(0, history.count))) {
    if (!wanted.has(history.descriptor[row] as number)) continue
    const outcome = names[history.outcome[row] as number] as OutcomeRun['outcome']
    const ms = (history.sentUs[row] as number) / 1000
    const line = history.line[row] as number
    if (last?.outcome === outcome) {
      last.count++
      last.toMs = ms
      last.lines[1] = line
    } else {
      last = { outcome, count: 1, fromMs: ms, toMs: ms, lines: [line, line] }
      runs.push(last)
    }
  }
  return runs
}
