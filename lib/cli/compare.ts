import type { Command as Declared } from 'commander'
import { renderComparison, renderSeries } from '../../reports/terminal/index.ts'
import { compareRuns, compareSeries, type LatencyQuestion, type ReadRun } from '../compare/index.ts'
import { ExitCode, exitCode } from '../result/index.ts'
import type { Asked, Command } from './command.ts'
import { exampleText } from './command-line.ts'
import { Failure } from './failure.ts'
import { declareLatencyOptions, readLatencyQuestion } from './latency-question.ts'
import { createOptionReader, type OptionReader } from './option-reader.ts'
import { print, say, viewOf } from './output.ts'
import { readRun } from './read-run.ts'

/** `onset compare`: what moved between runs. Nothing is sent. */
export const compareCommand: Command = { name: 'compare', declare, run }

function declare(command: Declared): void {
  command
    .description(
      'Say what moved between two runs, or between repeated ones: limits by what explains them, latencies with the noise there is. Nothing is sent.',
    )
    .argument('[base]', 'the folder of the run that the other is held against')
    .argument('[run]', 'the folder of the other')
    .option(
      '--base <dir>',
      'a run of the base; five and more of both sides cover what differs between runs',
      collected,
    )
    .option('--run <dir>', 'a run that is held against it; may be repeated', collected)
    .option('--history <dirs...>', 'many runs in order of time: where does the level change?')
    .option('--first-run-ok', 'a base that is not there yet is no reason for exit code 3')
    .option('--json', 'print the comparison as JSON')
  declareLatencyOptions(command)
  command.addHelpText(
    'after',
    exampleText([
      ['what moved since the last release?', 'onset compare runs/release runs/candidate'],
      [
        'is the median slower by more than a tenth?',
        'onset compare runs/release runs/candidate --percentiles 50 --margin 10%',
      ],
      ['since when is it slower?', 'onset compare --history runs/*'],
    ]),
  )
}

function collected(value: string, before: string[] = []): string[] {
  return [...before, value]
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const question = readLatencyQuestion(reader, options)
  const history = options.history as string[] | undefined
  const [base, compared] = [
    [...operands.slice(0, 1), ...((options.base as string[] | undefined) ?? [])],
    [...operands.slice(1), ...((options.run as string[] | undefined) ?? [])],
  ]
  if (history && base.length + compared.length > 0) {
    reader.complain('--history names all runs by itself: leave the others out')
  } else if (!history && (base.length === 0 || compared.length === 0)) {
    reader.complain('name two runs: onset compare BASE RUN; or repeated ones: --base A --base B … --run C …')
  }
  const json = options.json === true
  if (history) return inSeries(reader, await readAll(reader, history), question, json)
  return sideBySide(reader, base, compared, question, options)
}

async function sideBySide(
  reader: OptionReader,
  basePaths: readonly string[],
  runPaths: readonly string[],
  question: LatencyQuestion,
  options: Asked['options'],
): Promise<ExitCode> {
  const runs = await readAll(reader, runPaths)
  const missing: string[] = []
  const bases = await readAll(reader, basePaths, missing)
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  if (missing.length > 0) return withoutBase(missing, runs, options)
  const comparison = compareRuns(bases, runs, question)
  print(
    options.json === true
      ? `${JSON.stringify(comparison, undefined, 2)}\n`
      : renderComparison(comparison, viewOf(process.stdout)),
  )
  return exitCode({ verdict: comparison.verdict })
}

/** Without a base nothing moved as far as anybody knows, which is no pass. */
function withoutBase(
  missing: readonly string[],
  runs: readonly ReadRun[],
  options: Asked['options'],
): ExitCode {
  const why = `Nothing was compared: ${missing.join('; ')}.`
  if (options.firstRunOk !== true) {
    throw new Failure(ExitCode.inconclusive, [
      why,
      'Where this is the first run, say --first-run-ok, and keep it as the base of the next.',
    ])
  }
  const verdicts = runs.map(({ name, result }) => ({ name, verdict: result.verdict }))
  const { verdict } = verdicts.find((each) => each.verdict === 'fail') ??
    verdicts.find((each) => each.verdict === 'inconclusive') ?? { verdict: 'pass' as const }
  const judged = verdicts.map((each) => `${each.name}: ${each.verdict}`).join(', ')
  if (options.json === true) {
    say(why)
    print(
      `${JSON.stringify({ format: 'onset-comparison', version: 1, verdict, base: [], run: verdicts.map(({ name }) => name), missing }, undefined, 2)}\n`,
    )
  } else print(`${why}\nThe verdict is that of the run by itself (${judged}).\n`)
  return exitCode({ verdict })
}

function inSeries(
  reader: OptionReader,
  runs: readonly ReadRun[],
  question: LatencyQuestion,
  json: boolean,
): ExitCode {
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  const series = compareSeries(runs, question)
  print(json ? `${JSON.stringify(series, undefined, 2)}\n` : renderSeries(series, viewOf(process.stdout)))
  return exitCode({ verdict: series.verdict })
}

/**
 * Reads the runs in these folders, and notes what is wrong with them.
 * @param missing takes what is not there; without it, that is a mistake.
 */
async function readAll(
  reader: OptionReader,
  paths: readonly string[],
  missing?: string[],
): Promise<ReadRun[]> {
  const runs: ReadRun[] = []
  for (const path of paths) {
    const read = await readRun(path)
    if (read.kind === 'run') runs.push(read.run)
    else if (read.kind === 'wrong') for (const mistake of read.mistakes) reader.complain(mistake)
    else if (missing) missing.push(read.why)
    else reader.complain(read.why)
  }
  return runs
}
