import type { Command as Declared } from 'commander'
import { renderJson } from '../../reports/json.ts'
import { renderComparison, renderNoBase, renderSeries } from '../../reports/terminal/index.ts'
import {
  type ComparisonDocument,
  compareRuns,
  compareSeries,
  heldAgainstNothing,
  type LatencyQuestion,
  type ReadRun,
} from '../compare/index.ts'
import { ExitCode, exitCode } from '../result/index.ts'
import type { Asked, Command } from './command.ts'
import { Failure } from './failure.ts'
import { exampleText } from './options/command-line.ts'
import { createOptionReader, type OptionReader } from './options/option-reader.ts'
import { print, viewOf } from './output.ts'
import { readRun } from './read-run.ts'
import { declareLatencyOptions, readLatencyQuestion } from './verify/latency-question.ts'

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
  const document = history
    ? await inSeries(reader, history, question)
    : await sideBySide(reader, base, compared, question, options.firstRunOk === true)
  print(options.json === true ? renderJson(document) : textOf(document))
  return exitCode({ verdict: document.verdict })
}

async function sideBySide(
  reader: OptionReader,
  basePaths: readonly string[],
  runPaths: readonly string[],
  question: LatencyQuestion,
  isFirstRun: boolean,
): Promise<ComparisonDocument> {
  const runs = await readAll(reader, runPaths)
  const missing: string[] = []
  const bases = await readAll(reader, basePaths, missing)
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  if (missing.length > 0) return heldAgainstNothing(runs, missing, isFirstRun)
  return compareRuns(bases, runs, question)
}

async function inSeries(
  reader: OptionReader,
  paths: readonly string[],
  question: LatencyQuestion,
): Promise<ComparisonDocument> {
  const runs = await readAll(reader, paths)
  if (reader.mistakes.length > 0) throw new Failure(ExitCode.mistake, reader.mistakes)
  return compareSeries(runs, question)
}

function textOf(document: ComparisonDocument): string {
  const view = viewOf(process.stdout)
  switch (document.kind) {
    case 'two-sides':
      return renderComparison(document, view)
    case 'no-base':
      return renderNoBase(document, view)
    case 'series':
      return renderSeries(document, view)
  }
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
