import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import { capacityPage } from '../../../reports/capacity-page/index.ts'
import type { ReportInput } from '../../../reports/html/index.ts'
import { capacityVerdict, renderCapacity, renderResult } from '../../../reports/terminal/index.ts'
import { ExitCode, exitCode } from '../../result/index.ts'
import { type RunFolder, runFolderAt } from '../../run/index.ts'
import { type CapacityAgain, capacityPath, judgeCapacityAgain } from '../capacity/judge-capacity-again.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { exampleText } from '../options/command-line.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import { textFormats } from '../options/text-format.ts'
import { print, say, viewOf } from '../output.ts'
import { readReportInput } from './report-input.ts'
import { writeMade, writeReport, writeTextReport } from './write-report.ts'

/**
 * `onset report`: renders a run's reports again. Nothing is sent. A stored result is not judged again, but
 * a capacity always is.
 */
export const reportCommand: Command = { name: 'report', declare, run }

const formats = [
  'html',
  'terminal',
  'json',
  'junit',
  'markdown',
  'github',
  'openmetrics',
  'hgrm',
  'hlog',
] as const
type Format = (typeof formats)[number]

/** What was asked for: a page, a text, or both. */
interface Wanted {
  html: boolean
  text?: Exclude<Format, 'html'>
}

function declare(command: Declared): void {
  command
    .description(
      "Render a run's reports again from its folder, without firing; a capacity is judged again from its history. The exit code is that of the verdict.",
    )
    .argument('[run]', "a run's folder")
    .option('--format <formats>', `which: ${formats.join(', ')}, or a list (default html)`)
    .option('--html <file>', 'where the HTML goes (default report.html in the folder)')
    .option('-o, --out <file>', 'where the other format goes (default standard output)')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['write report.html into the folder', 'onset report runs/20261123-081102-a1b2'],
        ['see once more what a run printed', 'onset report runs/20261123-081102-a1b2 --format terminal'],
        [
          'let a CI system show what failed',
          'onset report runs/20261123-081102-a1b2 --format junit -o onset.xml',
        ],
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
  // A run that looked for a capacity has no verdicts of limits, unless somebody judged them.
  const capacity = (await isFile(folder.result)) ? undefined : await judgeCapacityAgain(folder)
  if (capacity) {
    if (!capacity.ok) throw new Failure(ExitCode.mistake, capacity.mistakes)
    return reportCapacity(folder, capacity, wanted, options)
  }
  const read = await readReportInput(folder)
  if (!read.ok) throw new Failure(ExitCode.mistake, read.mistakes)
  for (const remark of read.remarks) say(remark)
  const { result } = read.input
  const out = options.out as string | undefined
  if (wanted.html) {
    const file = (options.html as string | undefined) ?? (wanted.text ? undefined : out) ?? folder.report
    await writeReport(file, read.input)
    const said = `The report is in ${file}.`
    if (wanted.text) say(said)
    else print(`${said}\n`)
  }
  if (wanted.text) {
    const text = textOf(wanted.text, read.input, folder, out === undefined)
    if (text === '') say(`There is nothing to write as ${wanted.text}.`)
    if (out === undefined) print(text)
    else await writeTextReport(out, text)
  }
  return exitCode({ verdict: result.verdict })
}

function textOf(
  format: NonNullable<Wanted['text']>,
  input: ReportInput,
  folder: RunFolder,
  onScreen: boolean,
): string {
  if (format !== 'terminal') return textFormats[format](input)
  const files = [
    { what: 'history', path: folder.history },
    { what: 'result', path: folder.result },
    { what: 'judge it again', path: `onset check ${folder.path}` },
  ]
  const view = viewOf(process.stdout)
  return renderResult(input.result, files, onScreen ? view : { ...view, color: false })
}

/** The reports that a capacity has; its formats are fewer. */
async function reportCapacity(
  folder: RunFolder,
  { document, remarks }: Extract<CapacityAgain, { ok: true }>,
  { html, text }: Wanted,
  options: Asked['options'],
): Promise<ExitCode> {
  if (text !== undefined && text !== 'terminal' && text !== 'json') {
    throw new Failure(ExitCode.mistake, [
      `--format: ${folder.path} is of onset capacity, whose formats are html, terminal and json; found ${text}`,
    ])
  }
  for (const remark of remarks) say(remark)
  const out = options.out as string | undefined
  if (html) {
    const beside = join(folder.path, 'capacity.html')
    const file = (options.html as string | undefined) ?? (text ? undefined : out) ?? beside
    await writeMade(file, () => capacityPage(document))
    const said = `The report is in ${file}.`
    if (text) say(said)
    else print(`${said}\n`)
  }
  if (text) {
    const view = viewOf(process.stdout)
    const files = [
      { what: 'history', path: folder.history },
      { what: 'result', path: capacityPath(folder) },
      { what: 'judge it again', path: `onset report ${folder.path}` },
    ]
    const made =
      text === 'json'
        ? `${JSON.stringify(document, undefined, 2)}\n`
        : renderCapacity(document, files, out === undefined ? view : { ...view, color: false })
    if (out === undefined) print(made)
    else await writeTextReport(out, made)
  }
  return exitCode({ verdict: capacityVerdict(document) })
}

/** The formats that were asked for; HTML where nothing else was. */
function readFormats(reader: OptionReader, options: Asked['options']): Wanted {
  const words = typeof options.format === 'string' ? options.format.split(',') : []
  const wanted = new Set(words.flatMap((word) => reader.word('--format', word.trim(), formats) ?? []))
  if (options.json === true) wanted.add('json')
  if (options.html !== undefined || (words.length === 0 && wanted.size === 0)) wanted.add('html')
  const texts = [...wanted].filter((format) => format !== 'html')
  if (texts.length > 1) {
    const all = `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)} ${texts.length === 2 ? 'both' : 'all'}`
    reader.complain(`--format: ${all} go to standard output, or to the file of --out: ask for one of them`)
  }
  if (texts.length === 0 && options.html !== undefined && options.out !== undefined) {
    reader.complain('--out and --html both say where the HTML goes: leave one of them out')
  }
  return { html: wanted.has('html'), text: texts[0] }
}

async function isFolder(path: string): Promise<boolean> {
  return (await foundAt(path))?.isDirectory() === true
}

async function isFile(path: string): Promise<boolean> {
  return (await foundAt(path))?.isFile() === true
}

function foundAt(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return undefined
  })
}
