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
  /** What the target has, held against what it answered. */
  reconciled?: Pick<Result, 'findings' | 'reconciliation' | 'delivery'>
  /** Numbers of lines of the history whose story is to be told. */
  explain?: readonly number[]
}

/** The result of a history under a spec: verdicts, and how long answers took. Pure. */
export function judgedResult(
  history: History,
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>,
  { run, historyWarnings = [], warnings = [], reconciled, explain = [] }: Circumstances = {},
): Result {
  const { verdict, limits, certificates, assumptions, coverage, explained } = judge(history, spec, explain)
  const { rows, unanswered } = latencies(history)
  return {
    format: 'onset-result',
    version: 1,
    // What is certainly wrong in the target is a failure, whatever its limits are.
    verdict: reconciled?.findings?.some(({ level }) => level === 'fail') ? 'fail' : verdict,
    limits,
    certificates,
    assumptions,
    latency: rows,
    unanswered,
    run: { ...run, torn: history.torn },
    coverage,
    ...reconciled,
    warnings: [...historyWarnings, ...warnings],
    ...(explained && { explained }),
    attribution: attributionOf(history, spec.limits),
  }
}
