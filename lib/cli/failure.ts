import type { ExitCode } from '../result/index.ts'

/** Why a command ends without a result: told to the person as it is, never with a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** Everything that is wrong, a line each. */
  readonly lines: readonly string[]

  constructor(exitCode: ExitCode, lines: readonly string[]) {
    super(lines.join('\n'))
    this.exitCode = exitCode
    this.lines = lines
  }
}

/** A failure as `--json` has it on standard output, where no result can be. */
export function failureJson({ exitCode, lines }: Failure): string {
  return `${JSON.stringify({ format: 'onset-error', version: 1, exitCode, messages: lines }, undefined, 2)}\n`
}
