import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Command as Declared } from 'commander'
import { renderTuning } from '../../../reports/terminal/index.ts'
import { ExitCode } from '../../result/index.ts'
import { runId } from '../../run/index.ts'
import { seededRandom } from '../../simulate/index.ts'
import { algorithms } from '../../spec/index.ts'
import {
  candidatesOf,
  limitsOfToday,
  type Question,
  type Tuning,
  tune,
  tuningDocument,
} from '../../tune/index.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { declareImport } from '../import/import-request.ts'
import { exampleText } from '../options/command-line.ts'
import { createOptionReader, type OptionReader } from '../options/option-reader.ts'
import { print, viewOf } from '../output.ts'
import { makeFolder, writeTuning } from './tune-files.ts'
import { readGrid } from './tune-grid.ts'
import { readDemand, readToday, scopesIn } from './tune-input.ts'
import { checkCeilings, readObjective, readQuietBound, wantsObjective } from './tune-objective.ts'
import { checkProvable, prove } from './tune-proof.ts'

/**
 * `onset tune`: which limits should a platform have? Nothing is sent, but to the embedded target where that
 * is asked for.
 */
export const tuneCommand: Command = { name: 'tune', declare, run }

/** What is asked where nobody asks anything. */
const exampleOptions = {
  vary: 'integration',
  limits: '60,100,150,200,300',
  with: ['organization=500,600,750,1000'],
  quietRefused: '0.1%',
  neverAbove: ['2000/5m@organization'],
}

function declare(command: Declared): void {
  command
    .description(
      'Replay what was asked of a platform through other limits: what would they have let through, what refused, and to whom? And which of them does best what is wanted? Without a HISTORY, a made-up storm of alerts. Nothing is sent, except to the embedded target with --prove.',
    )
    .argument('[history]', 'a history (NDJSON), the folder of a run, or - for standard input')
    .option('-s, --spec <file>', "the spec that has today's limits; a run's folder has its own")
    .option('--vary <scope>', 'the scope whose limit is tried; needed where the spec has limits of several')
    .option('--limits <list>', 'limits to try, such as 200,300,500')
    .option('--windows <list>', "windows to try, such as 1m,5m; today's by default")
    .option('--algorithms <list>', `algorithms to try, of ${algorithms.join(', ')}; today's by default`)
    .option(
      '--with <scope=list>',
      'limits to try beside, such as organization=500,1000; may be repeated',
      collected,
    )
    .option('--skip-invalid', 'leave out records that break the format, and count them')
    .option('--seed <n>', 'of the random numbers: of the storm, and of the draws of days (default 1)')
    .option(
      '-o, --out <dir>',
      'folder for a page with plots, and for what is recommended: a spec, and the words of platforms',
    )
    .option('--json', 'print what came of it as JSON, with a row for each descriptor')
    .optionsGroup('What is wanted:')
    .option('--quiet-refused <share>', 'at most so much of the requests of quiet descriptors refused: 0.1%')
    .option(
      '--never-above <n/stretch@scope>',
      'never more let through for one value of a scope: 2000/5m@organization; 100/10s is of all together; may be repeated',
      collected,
    )
    .option('--capacity <rate>', 'requests a second that the platform serves: what onset capacity finds')
    .option(
      '--quiet <n/stretch>',
      "quiet is who never asks for more, such as 60/5m; by default, half of today's tightest limit",
    )
    .option('--prove', 'have the embedded target enforce what is recommended, and verify it with k6: 30 s')
    .option('--no-prove', 'do not, where nothing is named and it would be done')
    .addHelpText(
      'after',
      exampleText([
        [
          "what would other limits have done to last night's alerts?",
          'onset tune history.ndjson --spec onset.yaml --vary integration --limits 100,200,300,500',
        ],
        [
          'which limits refuse the quiet almost nothing, and protect most?',
          'onset tune history.ndjson --spec onset.yaml --vary integration --quiet-refused 0.1% --never-above 2000/5m@organization --out tuned',
        ],
        ['what is that like? A storm that is made up, and the embedded target', 'onset tune'],
        [
          'and with windows of a minute?',
          'onset tune history.ndjson --spec onset.yaml --vary integration --limits 60,100 --windows 1m,5m',
        ],
      ]),
    )
  declareImport(command.optionsGroup('A file of another tool:'))
}

async function run({ operands, options: given, mistakes }: Asked): Promise<ExitCode> {
  const [named] = operands
  const isExample = named === undefined && asksNothing(given)
  const options = isExample ? { ...exampleOptions, ...given } : given
  const proves = given.prove === true || (isExample && given.prove !== false && given.json !== true)
  const reader = createOptionReader(mistakes)
  const today = await readToday(reader, named, options)
  const wanted = wantsObjective(options)
  const grid = readGrid(reader, options, today.spec?.limits, wanted)
  const objective = readObjective(reader, options)
  const quietBound = readQuietBound(reader, options.quiet)
  const seed = reader.number('--seed', options.seed, { least: 0, most: 2 ** 32 - 1, whole: true }) ?? 1
  checkTogether(reader, options, wanted, proves)
  if (proves) checkProvable(reader, today.spec?.limits)
  const demand = await readDemand(reader, named, today.file, options, seed)
  if (demand) checkCeilings(reader, objective, demand)
  if (reader.mistakes.length > 0 || !today.spec || !grid || !demand) {
    throw new Failure(ExitCode.mistake, reader.mistakes)
  }
  if (demand.count === 0) {
    throw new Failure(ExitCode.inconclusive, ['the history has no requests: there is nothing to replay'])
  }
  const folder = folderFor(options.out as string | undefined, proves)
  if (folder !== undefined) await makeFolder(folder)

  const candidates = candidatesOf(limitsOfToday(today.spec.limits), grid)
  const question: Question = { candidates, objective, quietBound, seed, random: seededRandom(seed) }
  const tuning = await tune(demand, question)
  const written =
    folder === undefined ? undefined : await writeTuning(folder, tuning, today.text, today.spec.limits)
  print(
    options.json === true
      ? `${JSON.stringify(tuningDocument(tuning), undefined, 2)}\n`
      : renderTuning(tuning, written?.files ?? [], viewOf(process.stdout)),
  )
  if (proves && folder !== undefined && written?.withoutTarget !== undefined) {
    print('\n')
    return prove(written.withoutTarget, scopesIn(demand, today.spec.limits), join(folder, 'run'))
  }
  return exitCodeOf(tuning)
}

/** What an option was given, each time that it was. */
function collected(value: string, before: string[] = []): string[] {
  return [...before, value]
}

/** Does somebody say neither what is tried nor what is wanted? */
function asksNothing(options: Asked['options']): boolean {
  return [
    'spec',
    'vary',
    'limits',
    'windows',
    'algorithms',
    'with',
    'quietRefused',
    'neverAbove',
    'capacity',
  ].every((name) => options[name] === undefined)
}

function checkTogether(
  reader: OptionReader,
  options: Asked['options'],
  wanted: boolean,
  proves: boolean,
): void {
  if (proves && !wanted) {
    reader.complain('--prove is about what is recommended: say what is wanted, such as --quiet-refused 0.1%')
  }
  if (options.prove === true && options.json === true) {
    reader.complain('--prove prints the result of a run, and --json nothing but JSON: leave one of them out')
  }
  if (options.quiet !== undefined && !wanted) {
    reader.complain('--quiet is about what is wanted: say that too, such as --quiet-refused 0.1%')
  }
}

/** Where files go: to what is named; for a proof, which leaves a run, to a folder of its own. */
function folderFor(named: string | undefined, proves: boolean): string | undefined {
  if (named !== undefined || !proves) return named
  return join('tuned', runId(new Date(), randomBytes(2).toString('hex')))
}

/** An objective that no limit meets is missed; one that cannot be judged is open. */
function exitCodeOf({ recommendation }: Tuning): ExitCode {
  if (recommendation?.kind === 'none') return ExitCode.fail
  return recommendation?.kind === 'cannot-tell' ? ExitCode.inconclusive : ExitCode.pass
}
