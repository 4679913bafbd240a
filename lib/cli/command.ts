import type { Command as Declared } from 'commander'
import type { ExitCode } from '../result/index.ts'

/** What somebody asked for: arguments and options as they were typed, not yet checked. */
export interface Asked {
  operands: readonly string[]
  options: Readonly<Record<string, unknown>>
  /** What is wrong with the command line itself, such as options that do not exist. */
  mistakes: readonly string[]
}

/** A command of `onset`. */
export interface Command {
  name: string
  /** Says its arguments, options and help. */
  declare(command: Declared): void
  /**
   * Carries it out.
   * @throws {Failure} where there is no result, and with all that is wrong where something is.
   */
  run(asked: Asked): Promise<ExitCode>
}
