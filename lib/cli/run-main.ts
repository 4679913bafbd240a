import { visible } from '../../reports/terminal/index.ts'
import { ExitCode } from '../result/index.ts'
import { aboutOnset } from './about.ts'
import { capacityCommand } from './capacity/capacity.ts'
import { checkCommand } from './check.ts'
import { cleanCommand } from './clean.ts'
import { compareCommand } from './compare.ts'
import { conformCommand } from './conform/conform.ts'
import { doctorCommand } from './doctor.ts'
import { Failure, failureJson } from './failure.ts'
import { importCommand } from './import/import.ts'
import { readCommandLine } from './options/command-line.ts'
import { bearLeavingReaders, print, say } from './output.ts'
import { reportCommand } from './report/report.ts'
import { serveCommand } from './serve/serve.ts'
import { tuneCommand } from './tune/tune.ts'
import { verifyCommand } from './verify/verify.ts'

const commands = [
  verifyCommand,
  checkCommand,
  reportCommand,
  compareCommand,
  conformCommand,
  importCommand,
  capacityCommand,
  tuneCommand,
  serveCommand,
  doctorCommand,
  cleanCommand,
]

/** Carries out a command line as the work of this process, whatever happens to it. Returns its exit code. */
export async function runMain(args: readonly string[]): Promise<ExitCode> {
  bearLeavingReaders()
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => process.exit(tell(error, args)))
  }
  return carryOutLine(args)
}

/** Carries out a command line and returns its exit code. Whatever goes wrong is told in words. */
export async function carryOutLine(args: readonly string[]): Promise<ExitCode> {
  try {
    const line = readCommandLine(args, commands, aboutOnset().version)
    switch (line.kind) {
      case 'text':
        print(line.text)
        return ExitCode.pass
      case 'mistakes':
        if (line.help !== undefined) say(line.help)
        throw new Failure(ExitCode.mistake, line.mistakes)
      case 'command':
        return await line.command.run(line.asked)
    }
  } catch (error) {
    return tell(error, args)
  }
}

function tell(error: unknown, args: readonly string[]): ExitCode {
  const failure = asFailure(error)
  if (args.includes('--json')) print(failureJson(failure))
  // Whatever was typed or read may stand in them: none of it may play tricks on a terminal.
  for (const line of failure.lines.flatMap((each) => each.split('\n'))) say(visible(line))
  return failure.exitCode
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (process.env.ONSET_DEBUG === '1') say(stack ?? message)
  const [first = ''] = message.split('\n')
  return new Failure(ExitCode.notCarriedOut, [
    `Onset met an error that it did not expect (${first}); run it again with ONSET_DEBUG=1 for the details.`,
  ])
}
