import type { Verdict } from './verdict.ts'

/** The exit codes that every command keeps to. */
export const ExitCode = {
  pass: 0,
  fail: 1,
  mistake: 2,
  inconclusive: 3,
  notCarriedOut: 4,
  interrupted: 130,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** How a command ended; what is left out did not happen. Several may hold at once. */
export interface CommandEnd {
  /** The person or the machine stopped it; what was recorded is kept and judged. */
  interrupted?: boolean
  /** The command or the spec was wrong. */
  mistaken?: boolean
  /** The run could not be carried out, or not to its end: target unreachable, k6 missing, disk full. */
  notCarriedOut?: boolean
  /** What was judged, if anything was: `fail` is a broken limit, a missed objective or a regression. */
  verdict?: Verdict
}

/** The exit code of a command: where several hold, the first of 130, 2, 1, 4, 3, 0. */
export function exitCode(end: CommandEnd): ExitCode {
  if (end.interrupted) return ExitCode.interrupted
  if (end.mistaken) return ExitCode.mistake
  if (end.verdict === 'fail') return ExitCode.fail
  if (end.notCarriedOut) return ExitCode.notCarriedOut
  if (end.verdict === 'inconclusive') return ExitCode.inconclusive
  return ExitCode.pass
}
