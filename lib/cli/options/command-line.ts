import { CommanderError, Command as Declared } from 'commander'
import type { Asked, Command } from '../command.ts'

/** A command line that was read: a command to run, or a text that was asked for. */
export type CommandLine =
  | { kind: 'command'; command: Command; asked: Asked }
  /** Help or the version, for standard output. */
  | { kind: 'text'; text: string }
  /** Nothing can be run; `help` is what could be typed instead. */
  | { kind: 'mistakes'; mistakes: string[]; help?: string }

/**
 * Reads a command line. What does not exist is taken out and noted, and the rest read again, so that
 * all mistakes are found at once; what values are worth is left to the command.
 */
export function readCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  version: string,
): CommandLine {
  const left = [...args]
  const mistakes: string[] = []
  for (;;) {
    let chosen: { command: Command; operands: string[]; options: Record<string, unknown> } | undefined
    let text = ''
    const program = new Declared('onset')
      .description('Proves where a rate limit begins: k6 fires, and what each request met is judged.')
      .version(version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .helpCommand('help [command]', 'print the help of a command')
      .exitOverride()
      .configureOutput({ writeOut: (words) => (text += words), writeErr: (words) => (text += words) })
      .configureHelp({ helpWidth: 80 })
      .addHelpText('after', exampleText(programExamples) + exitCodes)
    for (const command of commands) {
      const declared = program.command(command.name).helpOption('-h, --help', 'print this help')
      command.declare(declared)
      declared.allowExcessArguments().action(() => {
        chosen = { command, operands: declared.args, options: declared.opts() }
      })
    }
    try {
      program.parse(left, { from: 'user' })
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      if (error.exitCode === 0) return { kind: 'text', text }
      if (error.code === 'commander.help')
        return { kind: 'mistakes', mistakes: ['no command was given'], help: text }
      mistakes.push(wording(error.message))
      if (takeOut(left, error)) continue
      return { kind: 'mistakes', mistakes }
    }
    if (!chosen) return { kind: 'mistakes', mistakes }
    const { command, operands, options } = chosen
    const most =
      program.commands.find((each) => each.name() === command.name)?.registeredArguments.length ?? 0
    // After an unknown option nobody knows whether the next word was its value.
    if (operands.length > most && mistakes.length === 0) {
      mistakes.push(
        ...operands
          .slice(most)
          .map((word) => `${JSON.stringify(word)} is one argument too many for onset ${command.name}`),
      )
    }
    return { kind: 'command', command, asked: { operands: operands.slice(0, most), options, mistakes } }
  }
}

/**
 * Removes the word that the parser stumbled over, or puts what was probably meant in its place, so
 * that a value behind it is not taken for something else; `false` where there is no such word.
 */
function takeOut(args: string[], { code, message }: CommanderError): boolean {
  const named = /option '([^']*)'/.exec(message)?.[1] ?? ''
  const flags = named.split(/[ ,|]+/).filter((word) => word.startsWith('-'))
  const index =
    code === 'commander.unknownOption'
      ? args.indexOf(named)
      : code === 'commander.optionMissingArgument'
        ? args.findLastIndex((arg) => flags.includes(arg))
        : -1
  if (index < 0) return false
  const meant = /Did you mean (--[\w-]+)\?/.exec(message)?.[1]
  if (meant === undefined) args.splice(index, 1)
  else args.splice(index, 1, named.replace(/^[^=]*/, meant))
  return true
}

function wording(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
}

/** Examples as the end of a help text: each what it does, then what to type. */
export function exampleText(examples: readonly (readonly [what: string, typed: string])[]): string {
  const heading = examples.length === 1 ? 'Example' : 'Examples'
  return `\n${heading}:\n${examples.map(([what, typed]) => `  # ${what}\n  $ ${typed}\n`).join('')}`
}

const programExamples = [
  ['look at a whole run, against the embedded target', 'onset verify'],
  ['verify the limits that a spec writes down', 'onset verify onset.yaml'],
] as const

const exitCodes = `
Exit codes:
  0    pass
  1    fail: a limit is not enforced as written, and there is a certificate
  2    the command or the spec is wrong
  3    inconclusive: the history does not settle it
  4    the run could not be carried out
  130  interrupted; what was recorded is kept and judged
`
