import type { Command as Declared } from 'commander'
import { renderTuning } from '../../reports/terminal/index.ts'
import { ExitCode } from '../result/index.ts'
import { type Algorithm, algorithms, durationMs, type Limit, nearest } from '../spec/index.ts'
import { candidatesOf, demandOf, limitsOfToday, replay, replayable, replayNotes } from '../tune/index.ts'
import type { Asked, Command } from './command.ts'
import { exampleText } from './command-line.ts'
import { Failure } from './failure.ts'
import { folderNamed, readGiven } from './history-argument.ts'
import { declareImport, readImport } from './import-request.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'
import { print, say, viewOf } from './output.ts'
import { readSpecFile, type SpecFile } from './spec-file.ts'

/** `onset tune`: what other limits would have done to what was recorded. Nothing is sent. */
export const tuneCommand: Command = { name: 'tune', declare, run }

/** More rows than this nobody reads. */
const mostCandidates = 1_000

function declare(command: Declared): void {
  command
    .description(
      'Replay what was asked of a platform through other limits: what would they have let through, what refused, and to whom? Nothing is sent.',
    )
    .argument('[history]', 'a history (NDJSON), the folder of a run, or - for standard input')
    .option('-s, --spec <file>', "the spec that has today's limits; a run's folder has its own")
    .option('--vary <scope>', 'the scope whose limit is tried; needed where the spec has limits of several')
    .option('--limits <list>', 'limits to try, such as 200,300,500')
    .option('--windows <list>', "windows to try, such as 1m,5m; today's by default")
    .option('--algorithms <list>', `algorithms to try, of ${algorithms.join(', ')}; today's by default`)
    .option('--skip-invalid', 'leave out records that break the format, and count them')
    .option('--json', 'print what came of it as JSON, with a row for each descriptor')
    .addHelpText(
      'after',
      exampleText([
        [
          "what would other limits have done to last night's alerts?",
          'onset tune history.ndjson --spec onset.yaml --vary integration --limits 100,200,300,500',
        ],
        [
          'and with windows of a minute?',
          'onset tune history.ndjson --spec onset.yaml --vary integration --limits 60,100 --windows 1m,5m',
        ],
      ]),
    )
  declareImport(command)
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const [named] = operands
  if (named === undefined) {
    throw new Failure(ExitCode.mistake, [
      ...reader.mistakes,
      'name the history to replay: onset tune HISTORY --spec SPEC --limits 200,300,500',
    ])
  }
  const folder = await folderNamed(named)
  const spec = await readToday((options.spec as string | undefined) ?? folder?.spec)
  const limits = spec.ok ? spec.spec.limits : undefined
  const grid = readGrid(reader, options, limits)
  const recording = readImport(
    reader,
    options,
    limits?.map(({ scope }) => scope),
  )
  const wrong = [...reader.mistakes, ...(spec.ok ? [] : spec.mistakes)]
  const read = await readGiven(folder?.history ?? named, spec, recording, options)
  if (Array.isArray(read)) wrong.push(...read)
  if (wrong.length > 0 || !limits || !grid || Array.isArray(read)) throw new Failure(ExitCode.mistake, wrong)

  for (const { message } of read.warnings) say(message)
  const replayed = replay(demandOf(read.history), candidatesOf(limitsOfToday(limits), grid))
  if (options.json === true) {
    const candidates = replayed.map(({ candidate, ...rest }) => ({ ...candidate, ...rest }))
    const notes = replayNotes(replayed)
    print(`${JSON.stringify({ format: 'onset-tuning', version: 1, candidates, notes }, undefined, 2)}\n`)
  } else print(renderTuning(replayed, viewOf(process.stdout)))
  return ExitCode.pass
}

async function readToday(path: string | undefined): Promise<SpecFile> {
  if (path !== undefined) return readSpecFile(path, true)
  return { ok: false, mistakes: ["name the spec that has today's limits: --spec SPEC"] }
}

/** What is to be tried; undefined where that cannot be told. */
function readGrid(reader: OptionReader, options: Asked['options'], today: readonly Limit[] | undefined) {
  const limits = readList(reader, '--limits', options.limits, 'a whole number from 0 to 1000000', (word) =>
    /^\d{1,7}$/.test(word) && Number(word) <= 1_000_000 ? Number(word) : undefined,
  )
  const windowsMs = readList(reader, '--windows', options.windows, 'a duration such as 1m', (word) => {
    const ms = durationMs(word)
    return ms !== undefined && ms >= 1 && ms <= longestWindowMs ? ms : undefined
  })
  const tried = readList(
    reader,
    '--algorithms',
    options.algorithms,
    `one of ${algorithms.join(', ')}`,
    (word) => algorithms.find((each) => each === word),
  )
  if (options.limits === undefined && options.windows === undefined && options.algorithms === undefined) {
    reader.complain('say what to try: --limits 200,300,500, --windows 1m,5m, or --algorithms sliding-log')
  }
  const limit = today && readVaried(reader, options.vary as string | undefined, today)
  if (!limit || !limits || !windowsMs || !tried) return undefined
  const grid = {
    scope: limit.scope,
    limits: limits.length > 0 ? limits : [limit.limit],
    windowsMs: windowsMs.length > 0 ? windowsMs : [limit.window],
    algorithms: tried.length > 0 ? tried : [limit.algorithm[0] as Algorithm],
  }
  const count = grid.limits.length * grid.windowsMs.length * grid.algorithms.length
  if (count > mostCandidates) {
    reader.complain(`expected at most ${mostCandidates} limits to try, found ${count}: try fewer at once`)
  }
  const tooLarge = grid.limits.flatMap((most) =>
    grid.windowsMs
      .filter((windowMs) => !replayable({ limit: most, windowMs }))
      .map((windowMs) => `${most} in ${windowMs} ms`),
  )
  if (tooLarge.length > 0) reader.complain(`too large to be counted exactly: ${tooLarge.join(', ')}`)
  return grid
}

/** A week. */
const longestWindowMs = 7 * 24 * 3_600_000

/** The words of a list, each once and read; undefined where one cannot be. */
function readList<T>(
  reader: OptionReader,
  flag: string,
  raw: unknown,
  expected: string,
  read: (word: string) => T | undefined,
): T[] | undefined {
  if (raw === undefined) return []
  const values = String(raw)
    .split(',')
    .map((word) => {
      const value = read(word.trim())
      if (value === undefined) reader.mistake(flag, expected, word.trim())
      return value
    })
  return values.includes(undefined) ? undefined : [...new Set(values as T[])]
}

/** The limit of today that others are tried in the place of. */
function readVaried(
  reader: OptionReader,
  scope: string | undefined,
  today: readonly Limit[],
): Limit | undefined {
  const scopes = [...new Set(today.map((limit) => limit.scope))]
  if (scope === undefined && scopes.length > 1) {
    reader.complain(`--vary: say the limit of which scope is tried: ${scopes.join(', ')}`)
    return undefined
  }
  const wanted = scope ?? scopes[0]
  const of = today.filter((limit) => limit.scope === wanted)
  if (of.length === 0) {
    const near = nearest(String(scope), scopes)
    reader.mistake(
      '--vary',
      `a scope that the spec limits (${scopes.join(', ')})`,
      scope,
      near && `did you mean ${near}?`,
    )
  }
  if (of.length > 1)
    reader.complain(`--vary: the spec has ${of.length} limits of ${wanted}, and one can be tried`)
  return of.length === 1 ? of[0] : undefined
}
