import { overallVerdict, type Verdict } from '../result/index.ts'
import type { Comparison } from './comparison.ts'

/** What a fresh run was held against, beside its own limits. */
export type AgainstBase =
  | {
      kind: 'compared'
      comparison: Comparison
      /** What cannot be told is no pass either. */
      isStrict: boolean
    }
  | {
      kind: 'missing'
      /** What is not there. */
      why: string
      /** Nobody expects a base yet. */
      isFirstRun: boolean
    }

/**
 * The verdict of a run that was held against a base. What the run shows of its limits always counts, a
 * latency only where it is certain that it regressed: most single runs leave most latencies open.
 */
export function verdictAgainstBase(ofRun: Verdict, against: AgainstBase): Verdict {
  if (against.kind === 'missing') return overallVerdict([ofRun, against.isFirstRun ? 'pass' : 'inconclusive'])
  const { comparison, isStrict } = against
  if (isStrict) return overallVerdict([ofRun, comparison.verdict])
  const isWorse = comparison.latency.some(({ verdict }) => verdict === 'regressed')
  return overallVerdict([ofRun, isWorse ? 'fail' : 'pass'])
}
