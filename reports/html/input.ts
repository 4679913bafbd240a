import type { History } from '../../lib/history/index.ts'
import type { Plan } from '../../lib/plan/index.ts'
import type { Result } from '../../lib/result/index.ts'
import type { Spec } from '../../lib/spec/index.ts'

/** What a report is made of. */
export interface ReportInput {
  result: Result
  /** The history that the result was judged from. */
  history: History
  spec: Pick<Spec, 'limits' | 'clockDriftPpm'>
  /** The spec as a file, without secrets; left out, the report does not show it. */
  specText?: string
  /** What was to be sent when; left out, nothing is said of it. */
  plan?: Plan
  /** What to type to get there again, each with what it does. */
  commands: readonly { what: string; typed: string }[]
}
