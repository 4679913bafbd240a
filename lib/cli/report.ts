import { stat } from 'node:fs/promises'
import type { Command as Declared } from 'commander'
import { renderJson } from '../../reports/json.ts'
import { renderResult } from '../../reports/terminal/index.ts'
import { ExitCode, exitCode } from '../result/index.ts'
import { runFolderAt } from '../run/index.ts'
import type { Asked, Command } from './command.ts'
import { exampleText } from './command-line.ts'
import { Failure } from './failure.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'
import { print, say, viewOf } from './output.ts'
import { readReportInput } from './report-input.ts'
import { writeReport } from './write-report.ts'

/** `onset report`: renders a run's reports again. Nothing is sent, and nothing is judged. */
export const reportCommand: Command = { name: 'report', declare, run }

const formats = ['html', 'terminal', 'json'] as const
type Format = (typeof formats)[number]

function declare(command: Declared): void {
  command
    .description(
      "Render a run's reports again from its folder, without firing. The exit code is that of its verdict.",
    )
    .argument('[run]', "a run's folder")
    .option('--format <formats>', `which: ${formats.join(', ')}, or a list (default html)`)
    .option('--html <file>', 'where the HTML goes (default report.html in the folder)')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['write report.html into the folder', 'onset report runs/20261123-081102-a1b2'],
        ['see once more what a run printed', 'onset report runs/20261123-081102-a1b2 --format terminal'],
      ]),
    )
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const wanted = readFormats(reader, options)
  const [path] = operands
  if (path === undefined) reader.complain('name the folder of a run: onset report RUN')
  else if (!(await isFolder(path))) {
    reader.complain(`${JSON.stringify(path)} is no folder: name that of a run, such as runs/TIME-ID`)
  }
  if (path === undefined || reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)

  const folder = runFolderAt(path)
  const read = await readReportInput(folder)
  if (!read.ok) throw new Failure(ExitCode.mistake, read.mistakes)
  for (const remark of read.remarks) say(remark)
  const { result } = read.input
  if (wanted.has('html')) {
    const file = (options.html as string | undefined) ?? folder.report
    await writeReport(file, read.input)
    const said = `The report is in ${file}.`
    if (wanted.size > 1) say(said)
    else print(`${said}\n`)
  }
  if (wanted.has('terminal')) {
    const files = [
      { what: 'history', path: folder.history },
      { what: 'result', path: folder.result },
      { what: 'judge it again', path: `onset check ${folder.path}` },
    ]
    print(renderResult(result, files, viewOf(process.stdout)))
  }
  if (wanted.has('json')) print(renderJson(result))
  return exitCode({ verdict: result.verdict })
}

/** The formats that were asked for; HTML where nothing else was. */
function readFormats(reader: OptionReader, options: Asked['options']): ReadonlySet<Format> {
  const words = typeof options.format === 'string' ? options.format.split(',') : []
  const wanted = new Set(words.flatMap((word) => reader.word('--format', word.trim(), formats) ?? []))
  if (options.json === true) wanted.add('json')
  if (options.html !== undefined || (words.length === 0 && wanted.size === 0)) wanted.add('html')
  if (wanted.has('json') && wanted.has('terminal')) {
    reader.complain('--format: terminal and json both go to standard output: ask for one of them')
  }
  return wanted
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return undefined
  })
  return found?.isDirectory() === true
}
