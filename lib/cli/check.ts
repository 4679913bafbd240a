import type { Command as Declared } from 'commander'
import { shellWord } from '../../reports/html/index.ts'
import { renderJson } from '../../reports/json.ts'
import { renderResult } from '../../reports/terminal/index.ts'
import { ExitCode, exitCode } from '../result/index.ts'
import { judgedResult, onlyAsked, storedFindings } from '../run/index.ts'
import { hasCapacity } from './capacity/judge-capacity-again.ts'
import type { Asked, Command } from './command.ts'
import { Failure } from './failure.ts'
import { folderNamed, readGiven } from './history-argument.ts'
import { declareImport, importWords, readImport } from './import/import-request.ts'
import { isThere } from './is-there.ts'
import { exampleText } from './options/command-line.ts'
import { readOnly } from './options/only-option.ts'
import { createOptionReader, type OptionReader } from './options/option-reader.ts'
import { print, say, viewOf } from './output.ts'
import { shownSpec } from './report/report-input.ts'
import { writeReport } from './report/write-report.ts'
import { readSpecFile, type SpecFile } from './spec-file.ts'

/** `onset check`: judges a recorded history, offline. */
export const checkCommand: Command = { name: 'check', declare, run }

function declare(command: Declared): void {
  command
    .description('Judge a recorded history against the limits of a spec. Nothing is sent.')
    .argument('[history]', 'a history (NDJSON), the folder of a run, or - for standard input')
    .option('-s, --spec <file>', "the spec; a run's folder has its own")
    .option('--only <scopes>', 'list the limits of these scopes alone: integration,apiKey')
    .option('--skip-invalid', 'leave out records that break the format, and count them')
    .option(
      '--explain <lines>',
      'tell the story of these lines of the history: 23, or 23,41',
      (given: string, before: string[] | undefined) => [...(before ?? []), given],
    )
    .option('--html <file>', 'write the result as an HTML report too')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      exampleText([
        ['judge what another tool has recorded', 'onset check history.ndjson --spec onset.yaml'],
        [
          'judge what k6 run --out json has written',
          'onset check run.json --from k6-json --scope key=tag:key --spec onset.yaml',
        ],
        [
          'judge what a server has logged',
          'onset check access.log --from access-log --scope client=field:remote_addr --spec onset.yaml',
        ],
        ['judge a run again', 'onset check runs/20261123-081102-a1b2'],
        ['what was it with line 23?', 'onset check runs/20261123-081102-a1b2 --explain 23'],
      ]),
    )
  declareImport(command)
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const explain = readLines(reader, options.explain as string[] | undefined)
  const [named] = operands
  if (named === undefined) {
    throw new Failure(ExitCode.mistake, [
      ...reader.mistakes,
      'name the history to judge: onset check HISTORY --spec SPEC',
    ])
  }
  const folder = await folderNamed(named)
  const historyPath = folder?.history ?? named
  const specPath = (options.spec as string | undefined) ?? folder?.spec
  const ofCapacity =
    folder && (await hasCapacity(folder)) ? `onset report ${shellWord(folder.path)}` : undefined
  if (folder && ofCapacity !== undefined && options.spec === undefined && !(await isThere(folder.spec))) {
    reader.complain(
      `${named} is of a run that looked for a capacity of a target without limits: ${ofCapacity} judges that; to judge limits all the same, name them with --spec SPEC`,
    )
    throw new Failure(ExitCode.mistake, reader.mistakes)
  }
  const spec = await readSpec(specPath)
  const only = readOnly(reader, options.only, spec.ok ? spec.spec.limits : undefined)
  const scopes = spec.ok ? spec.spec.limits.map(({ scope }) => scope) : undefined
  const recording = readImport(reader, options, scopes)
  const wrong = [...reader.mistakes, ...(spec.ok ? [] : spec.mistakes)]
  const read = await readGiven(historyPath, spec, recording, options)
  if (Array.isArray(read)) wrong.push(...read)
  if (wrong.length > 0 || !spec.ok || Array.isArray(read)) throw new Failure(ExitCode.mistake, wrong)

  const { history, warnings } = read
  const stored = folder && (await storedFindings(folder))
  const whole = judgedResult(history, spec.spec, { ...stored, historyWarnings: warnings, explain })
  const result = onlyAsked(whole, spec.spec.limits, only)
  const html = options.html as string | undefined
  if (html !== undefined) {
    const typed = commandLine(named, folder === undefined ? specPath : undefined) + importWords(options)
    const commands = [{ what: 'Judge the same history again', typed }]
    await writeReport(html, { result, history, spec: spec.spec, specText: shownSpec(spec), commands })
  }
  if (options.json === true) {
    for (const { message } of warnings) say(message)
    if (ofCapacity !== undefined) say(`What was judged are limits. The capacity is judged by: ${ofCapacity}`)
    print(renderJson(result))
  } else {
    const files = [
      { what: 'history', path: historyPath === '-' ? 'standard input' : historyPath },
      { what: 'spec', path: specPath as string },
      ...(html === undefined ? [] : [{ what: 'report', path: html }]),
      ...(ofCapacity === undefined ? [] : [{ what: 'judge the capacity', path: ofCapacity }]),
    ]
    print(renderResult(result, files, viewOf(process.stdout)))
  }
  return exitCode({ verdict: result.verdict })
}

/** What to type to judge a history again. */
function commandLine(history: string, spec: string | undefined): string {
  return `onset check ${shellWord(history)}${spec === undefined ? '' : ` --spec ${shellWord(spec)}`}`
}

/** More stories than this are a book. */
const mostLines = 1_000

/** The lines to be explained, each once, in the order in which they were asked for. */
function readLines(reader: OptionReader, given: readonly string[] = []): number[] {
  const lines = new Set<number>()
  for (const word of given.flatMap((list) => list.split(','))) {
    const line = /^\s*\d+\s*$/.test(word) ? Number(word) : Number.NaN
    if (line >= 1 && Number.isSafeInteger(line)) lines.add(line)
    else
      reader.mistake('--explain', 'numbers of lines of the history, such as 23 or 23,41', word, countedFrom)
  }
  if (lines.size > mostLines)
    reader.complain(`--explain: expected at most ${mostLines} lines, found ${lines.size}`)
  return [...lines]
}

const countedFrom = 'lines are counted from 1, and the header is line 1'

async function readSpec(path: string | undefined): Promise<SpecFile> {
  if (path !== undefined) return readSpecFile(path, true)
  return { ok: false, mistakes: ['name the spec that says which limits should hold: --spec SPEC'] }
}
