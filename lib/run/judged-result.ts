import { attributionOf, judge } from '../check/index.ts'
import type { History, HistoryWarning } from '../history/index.ts'
import { latencies } from '../latency/index.ts'
import type { Result, Run, Warning } from '../result/index.ts'
import type { Spec } from '../spec/index.ts'

/** What is known about a history beside what is in it. */
export interface Circumstances {
  /** Which run it is from, as far as that is known. */
  run?: Run
  /** What reading it brought up. */
  historyWarnings?: readonly HistoryWarning[]
  /** What the run itself brought up. */
  warnings?: readonly Warning[]
  /** Numbers of lines of the history whose story is to be told. */
  explain?: readonly number[]
}

/** The result of a history under a spec: verdicts, and how long answers took. Pure. */
export function judgedResult(
  history: History,
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>,
  { run, historyWarnings = [], warnings = [], explain = [] }: Circumstances = {},
): Result {
  const { verdict, limits, certificates, assumptions, coverage, explained } = judge(history, spec, explain)
  const { rows, unanswered } = latencies(history)
  return {
    format: 'onset-result',
    version: 1,
    verdict,
    limits,
    certificates,
    assumptions,
    latency: rows,
    unanswered,
    run: { ...run, torn: history.torn },
    coverage,
    warnings: [...historyWarnings, ...warnings],
    ...(explained && { explained }),
    attribution: attributionOf(history, spec.limits),
  }
}
